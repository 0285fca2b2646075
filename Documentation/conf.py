# SPDX-License-Identifier: GPL-2.0
"""How `make docs` builds the documentation."""

from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

project = "auxcore"
copyright = "the auxcore developers"
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "sidebar_width": "260px"}
html_copy_source = False
# Crates, files and symbols stand in literals; a bare `word` would silently become italics.
default_role = "any"
primary_domain = None
highlight_language = "none"
exclude_patterns = ["ABI"]


class AbiFiles(SphinxDirective):
    """Renders the files of a directory below Documentation/ABI, each with its entries as they are written."""

    required_arguments = 1

    def run(self):
        text = []
        for file in sorted((Path(self.env.srcdir) / "ABI" / self.arguments[0]).glob("*")):
            name = f"ABI/{self.arguments[0]}/{file.name}"
            self.env.note_dependency(str(file))
            text += [f"``{name}``", "", f".. literalinclude:: /{name}", ""]
        if not text:
            text = ["None yet."]
        node = nodes.container()
        self.state.nested_parse(StringList(text, source="ABI"), 0, node)
        return node.children


def setup(app):
    app.add_directive("abi-files", AbiFiles)
    return {"parallel_read_safe": True}
