"""What the README says about licence and charges, against what is shipped.

A claim about a price is a sentence; that nothing shipped contradicts it can be read.
"""

from scripts import manifests, paths

#: Keys by which Odoo's app store sells an addon, and by which it says where to pay.
SOLD_BY = {"price", "currency", "live_test_url"}


def test_no_addon_is_sold():
    """One licence for the engine and all that stands on it, and no price on any.

    Covers: C13
    """
    addons = manifests.ours()
    assert "scrm_flow" in addons
    for addon in addons:
        manifest = manifests.manifest(addon)
        assert manifest["license"] == "AGPL-3", addon
        assert not SOLD_BY & set(manifest), addon


def test_the_readme_says_so():
    """Covers: C13"""
    licence = (paths.ROOT / "LICENSE").read_text()
    assert licence.split("\n")[0].strip() == "GNU AFFERO GENERAL PUBLIC LICENSE"
    assert "Version 3," in licence.split("\n")[1]
    readme = " ".join((paths.ROOT / "README.md").read_text().split())
    told = readme.partition("## Licence")[2]
    assert "All addons are AGPL-3" in told
    assert "no separate charge for the flow engine" in told
    assert "per user account only" in told
