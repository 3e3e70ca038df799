import {DomainField, domainField} from "@web/views/fields/domain/domain_field";
import {DomainSelectorDialog} from "@web/core/domain_selector_dialog/domain_selector_dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * A condition on records that says what it means when it is empty.
 *
 * The domain editor calls an empty domain "all records", which misleads where nothing
 * happens without a condition. The placeholder of the field says what happens then.
 * Conditions are read in words, and edited in a dialog: it has room on narrow screens.
 */
export class ConditionField extends DomainField {
    static template = "scrm_flow.ConditionField";
    static props = {
        ...DomainField.props,
        empty: {type: String, optional: true},
        title: {type: String, optional: true},
    };
    static defaultProps = {...DomainField.defaultProps, isFoldable: true};

    get isEmpty() {
        return ["", "[]"].includes(this.getDomain().trim());
    }

    async onEdit() {
        const resModel = this.getResModel();
        const domain = this.isEmpty
            ? await this.getDefaultLeafDomain(resModel)
            : this.getDomain();
        this.addDialog(DomainSelectorDialog, {
            resModel,
            domain,
            title: this.props.title || _t("Condition"),
            isDebugMode: Boolean(this.env.debug),
            onConfirm: (changed) => this.update(changed),
        });
    }

    onClear() {
        this.update("[]");
    }
}

export const conditionField = {
    ...domainField,
    component: ConditionField,
    displayName: _t("Condition"),
    extractProps(fieldInfo, dynamicInfo) {
        return {
            ...domainField.extractProps(fieldInfo, dynamicInfo),
            isFoldable: true,
            empty: fieldInfo.placeholder,
            title: fieldInfo.string,
        };
    },
};

registry.category("fields").add("scrm_condition", conditionField);
