import type { Path, Transition } from "../engine/transition.ts";
import { matchesNamespace, type EndpointClass } from "../engine/endpoint-class.ts";
import { labelsFor } from "../engine/coverage.ts";
import { imaginedSubject } from "../engine/grants.ts";
import { classReach } from "../engine/reach.ts";
import { changeText, classText } from "../engine/words.ts";
import type { Namespace } from "../model/objects.ts";
import { DIRECTIONS, type Direction, type EndpointSelector, type Policy } from "../model/policies.ts";
import { intersectPorts, noPorts, portsText } from "../model/ports.ts";
import { matchesLabels } from "../model/selectors.ts";
import type { Violation } from "./rule.ts";

/** An end of a path: an endpoint that is there, or one that might come. */
interface LikelyEnd {
  readonly cls: EndpointClass;
  readonly text: string;
}

/** A pod with just the labels that the rule's end asks for, if the policy names such a one too. */
const imagined = (
  policy: Policy,
  namespace: Namespace,
  end: EndpointSelector,
  named: EndpointSelector,
): LikelyEnd | undefined => {
  const labels = labelsFor([end.pods]);
  if (labels === undefined || matchesLabels(named.pods, labels) !== true) return undefined;
  const [serviceAccount = "default"] = end.serviceAccounts ?? [];
  const cls = { ...imaginedSubject([policy], namespace), labels, serviceAccount, size: 1, pods: 1 };
  const shown = [...labels].map(([key, value]) => `${key}=${value}`).join(",") || "no label";
  return { cls, text: `a pod of ${namespace.name} with ${shown}` };
};

/** Those who are there and whom both selectors name. */
const present = ({ after }: Transition, end: EndpointSelector, named: EndpointSelector): readonly EndpointClass[] => {
  const set = after.set(end);
  const found: EndpointClass[] = [];
  for (const cls of after.select(named)) if (set.has(cls) && !cls.hostNetwork) found.push(cls);
  return found;
};

const isThere = (transition: Transition, end: EndpointSelector, named: EndpointSelector): boolean =>
  present(transition, end, named).length > 0;

const firstPresent = (transition: Transition, end: EndpointSelector, named: EndpointSelector): LikelyEnd | undefined =>
  present(transition, end, named)
    .map((cls) => ({ cls, text: classText(cls) }))
    .sort((x, y) => (x.text < y.text ? -1 : 1))[0];

const imaginedIn = (
  { after }: Transition,
  policy: Policy,
  end: EndpointSelector,
  named: EndpointSelector,
): LikelyEnd | undefined => {
  const own = after.namespace(policy.ref.namespace);
  const inOwn = matchesNamespace(end, own) === true && matchesNamespace(named, own) === true;
  return inOwn ? imagined(policy, own, end, named) : undefined;
};

const pathsOf = (transition: Transition, path: Path, policy: Policy, direction: Direction): readonly Violation[] => {
  const [ownEnd, otherEnd] = direction === "ingress" ? [path.to, path.from] : [path.from, path.to];
  const subjectThere = isThere(transition, ownEnd, policy.subject);
  for (const rule of policy[direction] ?? []) {
    if (rule.portNames.length === 0 && noPorts(intersectPorts(rule.ports, path.ports))) continue;
    for (const peer of rule.peers ?? []) {
      transition.tick();
      if (peer.kind !== "endpoints") continue;
      const [thereEnd, there, absentEnd, absent] = subjectThere
        ? [ownEnd, policy.subject, otherEnd, peer.endpoints]
        : [otherEnd, peer.endpoints, ownEnd, policy.subject];
      const toCome = imaginedIn(transition, policy, absentEnd, absent);
      if (toCome === undefined || isThere(transition, otherEnd, peer.endpoints) === subjectThere) continue;
      const known = firstPresent(transition, thereEnd, there);
      if (known === undefined) continue;
      const [from, to] = subjectThere === (direction === "ingress") ? [toCome, known] : [known, toCome];
      const ports = intersectPorts(classReach(transition.after, from.cls, to.cls).ports, path.ports);
      if (noPorts(ports) || !noPorts(intersectPorts(classReach(transition.before, from.cls, to.cls).ports, ports)))
        continue;
      return [
        {
          kind: "advice",
          standing: "new",
          curable: false,
          message: `${changeText(transition.change)} would let ${from.text} reach ${to.text} on ${portsText(ports)}, once it is there`,
          details: [`${direction}: ${policy.ref.namespace}/${policy.ref.kind}/${policy.ref.name}, ${peer.path}`],
          fix: `narrow ${policy.ref.namespace}/${policy.ref.name}, ${peer.path} before anybody uses it`,
          more: 0,
        },
      ];
    }
  }
  return [];
};

/** A path that a policy opens and no endpoint uses yet: a warning, since one with the rule's labels would. */
export const imaginedPaths = (transition: Transition, path: Path): readonly Violation[] => {
  const policy = transition.change.type === "policy" ? transition.after.policy(transition.change.ref) : undefined;
  if (policy === undefined) return [];
  return DIRECTIONS.flatMap((direction) => pathsOf(transition, path, policy, direction)).slice(0, 1);
};
