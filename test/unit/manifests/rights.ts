import { z } from "zod";

const role = z.object({
  kind: z.string(),
  rules: z
    .array(
      z.strictObject({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        resourceNames: z.array(z.string()).optional(),
        verbs: z.array(z.string()),
      }),
    )
    .optional(),
});

/** The file that holds the rights of the guard's account, as `rightsOf` words them: a change of them is a change of it. */
export const GOLDEN = `${import.meta.dirname}/rights.golden.txt`;

/** Each right that (Cluster)Roles of a manifest grant, in a line: whose, what, on what, of which name. */
export const rightsOf = (documents: readonly unknown[]): readonly string[] =>
  documents.flatMap((document) => {
    const { kind, rules = [] } = role.parse(document);
    return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map((resource) =>
          [
            kind,
            [...verbs].sort().join(","),
            `${resource}${group === "" ? "" : `.${group}`}`,
            ...(resourceNames ?? []),
          ].join(" "),
        ),
      ),
    );
  });
