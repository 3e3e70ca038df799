import * as BarcodeScanner from "@web/core/barcode/barcode_dialog";
import {CharField, charField} from "@web/views/fields/char/char_field";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {registry} from "@web/core/registry";

/** A code that is typed, or read by the camera of the phone. */
export class CodeField extends CharField {
    static template = "scrm_ticket.CodeField";

    get canScan() {
        return isBarcodeScannerSupported();
    }

    async scan() {
        const code = await BarcodeScanner.scanBarcode(this.env);
        if (code) {
            await this.props.record.update({[this.props.name]: code});
        }
    }
}

registry.category("fields").add("scrm_code", {...charField, component: CodeField});
