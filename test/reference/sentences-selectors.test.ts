import { checkTable, pod, policy } from "./fixtures.ts";
import type { LabelSelector, PolicySpec } from "./manifests.ts";

const objects = [
  pod("n/server", ["10.244.0.1"]),
  pod("n/a", ["10.244.0.2"], { labels: { app: "a" } }),
  pod("n/odd", ["10.244.0.3"], { labels: { constructor: "x" } }),
];

const spec = (more: PolicySpec) => policy("n", more);
const peer = (...selectors: readonly LabelSelector[]) =>
  spec({
    ingress: [{ from: selectors.map((podSelector) => ({ podSelector })) }],
  });
const one = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const key = (name: string, operator: string, ...values: string[]) => peer(one(name, operator, ...values));
const maybe = (more: PolicySpec) => spec({ podSelector: one("app", "?"), ...more });
const block = (cidr: string, ...except: string[]) => spec({ ingress: [{ from: [{ ipBlock: { cidr, except } }] }] });
const json = (text: string) => spec(JSON.parse(text) as PolicySpec);

const policies = {
  closed: spec({}),
  constructor_: key("constructor", "Exists"),
  constructorX: key("constructor", "In", "x"),
  noToString: key("toString", "DoesNotExist"),
  notHas: key("hasOwnProperty", "NotIn", "x"),
  matchValueOf: peer({ matchLabels: { valueOf: "" } }),
  operator: key("app", "Equals"),
  inNone: key("app", "In"),
  notInNone: key("app", "NotIn"),
  existsA: key("app", "Exists", "a"),
  missingA: key("app", "DoesNotExist", "a"),
  badKey: key("-app", "Exists"),
  badPrefix: key("Ex/app", "Exists"),
  badValue: peer({ matchLabels: { app: "-" } }),
  partly: peer({ matchLabels: { app: "b" }, ...one("app", "?") }),
  beside: peer(one("app", "?"), {}),
  maybe: maybe({}),
  maybeOpen: maybe({ ingress: [{}] }),
  badCidr: block("10.0.0.0/33"),
  badExcept: block("10.0.0.0/8", "10.0.0.0"),
  emptyPeer: spec({ ingress: [{ from: [{}] }] }),
  nulls: json('{"podSelector":null,"policyTypes":null,"egress":null,"ingress":[{"from":null,"ports":null}]}'),
  nullRule: json('{"ingress":[null]}'),
  nullPort: json('{"ingress":[{"ports":[null]}]}'),
  nullRules: json('{"ingress":null}'),
  calico: { ...spec({}), apiVersion: "projectcalico.org/v3" },
};

checkTable(
  objects,
  policies,
  `
  only a pod's own labels count                   | constructor_     | n/a n/server 80      | false
  only a pod's own labels count                   | noToString       | n/a n/server 80      | true
  only a pod's own labels count                   | notHas           | n/a n/server 80      | true
  only a pod's own labels count                   | matchValueOf     | n/a n/server 80      | false
  any valid key can be a label                    | constructor_     | n/odd n/server 80    | true
  any valid key can be a label                    | constructorX     | n/odd n/server 80    | true
  unparsable: an unknown operator                 | operator         | n/a n/server 80      | undecided
  unparsable: In without values                   | inNone           | n/a n/server 80      | undecided
  unparsable: NotIn without values                | notInNone        | n/a n/server 80      | undecided
  unparsable: Exists with values                  | existsA          | n/a n/server 80      | undecided
  unparsable: DoesNotExist with values            | missingA         | n/a n/server 80      | undecided
  unparsable: a bad key                           | badKey           | n/a n/server 80      | undecided
  unparsable: a bad prefix                        | badPrefix        | n/a n/server 80      | undecided
  unparsable: a bad value                         | badValue         | n/a n/server 80      | undecided
  unparsable as a whole, whatever the rest says   | partly           | n/a n/server 80      | undecided
  another peer can settle it                      | beside           | n/a n/server 80      | true
  no selector matches an outside address          | operator         | 9.9.9.9 n/server 80  | false
  it may isolate                                  | maybe            | n/a n/server 80      | undecided
  it may isolate, another policy does             | maybe closed     | n/a n/server 80      | false
  it may isolate, and would allow                 | maybeOpen        | n/a n/server 80      | true
  it may allow, another policy isolates           | maybeOpen closed | n/a n/server 80      | undecided
  a block that cannot be read                     | badCidr          | n/a n/server 80      | undecided
  an except that cannot be read                   | badExcept        | n/a n/server 80      | undecided
  an empty peer                                   | emptyPeer        | n/a n/server 80      | undecided
  null is missing                                 | nulls            | n/a n/server 80      | true
  a null rule is empty                            | nullRule         | n/a n/server 80      | true
  a null port is empty                            | nullPort         | n/a n/server 80      | true
  a null port is empty: TCP                       | nullPort         | n/a n/server 80/UDP  | false
  null rules allow nothing                        | nullRules        | n/a n/server 80      | false
  other groups' policies are not judged           | calico           | n/a n/server 80      | true
  `,
);
