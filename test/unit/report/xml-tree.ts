import { SaxesParser } from "saxes";

/** An element of a document; `text` is what stands in it and in no child. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** The root of an XML document; throws on whatever is not well-formed. */
export const parseXml = (source: string): XmlElement => {
  interface Growing extends XmlElement {
    readonly children: Growing[];
    text: string;
  }
  const document: Growing = { name: "", attributes: {}, children: [], text: "" };
  const open = [document];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Growing = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(source).close();
  const [root] = document.children;
  if (root === undefined) throw new Error("Expected a root element, found none");
  return root;
};
