/** The graph library is a script of the page, and global there. */
declare const cytoscape: typeof import("cytoscape");

interface JSON {
  /** What text says is not known before it is read. */
  parse(text: string): unknown;
}
