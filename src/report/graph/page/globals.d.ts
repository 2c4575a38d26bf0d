/** The graph library is a script of the page, and global there. */
declare const cytoscape: typeof import("cytoscape");
