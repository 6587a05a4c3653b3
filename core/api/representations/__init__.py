"""Every list as JSON, as an XHTML page and as an Atom feed: one view, one privacy, one cursor."""
