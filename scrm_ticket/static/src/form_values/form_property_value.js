import {PropertyValue} from "@web/views/fields/properties/property_value";
import {FileInput} from "@web/core/file_input/file_input";

/** Value of one field of a ticket's form; files are uploaded here. */
export class FormPropertyValue extends PropertyValue {
    static template = "scrm_ticket.FormPropertyValue";
    static components = {...PropertyValue.components, FileInput};
    static props = {...PropertyValue.props, kind: {type: String, optional: true}};

    get files() {
        return (this.props.value || []).map(([id, name]) => ({
            id,
            name: name || "",
            url: `/web/content/${id}?download=true`,
        }));
    }

    onFilesUploaded(files) {
        const uploaded = files.filter((file) => file.id);
        this.props.onChange([
            ...(this.props.value || []),
            ...uploaded.map((file) => [file.id, file.filename || file.name]),
        ]);
    }

    onFileRemoved(id) {
        this.props.onChange(this.props.value.filter((file) => file[0] !== id));
    }
}
