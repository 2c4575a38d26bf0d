import { deployment, namespace, pod } from "../objects.ts";
import { create, label, type ModeCase, update } from "./mode-case.ts";
import { quiet } from "./worlds.ts";

const hostNetwork = { code: "forbid-host-network/no-host-network" } as const;
const team = { code: "required-labels/team" } as const;

const ofTeam = (at: string): readonly object[] => quiet(at, { team: "a" });
const onHost = { hostNetwork: true };

/** Requests that make a pod, a workload or a namespace what it must not be. */
export const OBJECT_CASES: readonly ModeCase[] = [
  {
    ...hostNetwork,
    operation: "CREATE",
    what: "a pod",
    world: quiet,
    ask: (at) => create(pod(at, "agent", {}, onHost)),
  },
  {
    ...hostNetwork,
    operation: "CREATE",
    what: "a Deployment",
    world: quiet,
    ask: (at) => create(deployment(at, "agent", {}, onHost)),
  },
  {
    ...hostNetwork,
    operation: "UPDATE",
    what: "a Deployment",
    world: (at) => [...quiet(at), deployment(at, "agent")],
    ask: (at) => update(deployment(at, "agent", {}, onHost)),
  },
  { ...team, operation: "CREATE", what: "a pod", world: ofTeam, ask: (at) => create(pod(at, "web")) },
  { ...team, operation: "CREATE", what: "a Deployment", world: ofTeam, ask: (at) => create(deployment(at, "web")) },
  { ...team, operation: "CREATE", what: "a Namespace", world: () => [], ask: (at) => create(namespace(at)) },
  {
    ...team,
    operation: "UPDATE",
    what: "a pod",
    world: (at) => [...ofTeam(at), pod(at, "web", { team: "a" })],
    ask: (at) => label(at, "team=b", "web"),
  },
  {
    ...team,
    operation: "UPDATE",
    what: "a Deployment",
    world: (at) => [...ofTeam(at), deployment(at, "web", { team: "a" })],
    ask: (at) => update(deployment(at, "web", { team: "b" })),
  },
  { ...team, operation: "UPDATE", what: "a Namespace", world: ofTeam, ask: (at) => label(at, "team-") },
];
