import { isScalar, visit, type Document } from "yaml";

/** Where a mapping of a document has a key for the second time. The parser's own check compares each key with all others. */
export const repeatedKey = (document: Document.Parsed): number | undefined => {
  let offset: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          offset = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return offset;
};
