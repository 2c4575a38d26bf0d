import { deployment, pod } from "../objects.ts";
import { create, label, type ModeCase, removePolicy, update } from "./mode-case.ts";
import { into, out, quiet, registry, shop } from "./worlds.ts";

type Code = Pick<ModeCase, "code">;

const web = { role: "web" };
const backend = { role: "backend" };
const guest = { guest: "yes" };

const openedByPolicy = (of: Code): readonly ModeCase[] => [
  { ...of, operation: "CREATE", what: "a policy", world: shop, ask: (at) => create(into(at, "open", "db", web)) },
  {
    ...of,
    operation: "UPDATE",
    what: "a policy",
    world: (at) => shop(at, backend),
    ask: (at) => update(into(at, "db-in", "db", backend, web)),
  },
  { ...of, operation: "DELETE", what: "a policy", world: shop, ask: (at) => removePolicy(at, "db-in") },
];

/** The database lets guests in, and one comes, or becomes one, that the rule keeps out. */
const openedByLabel = (of: Code): readonly ModeCase[] => [
  {
    ...of,
    operation: "CREATE",
    what: "a pod",
    world: (at) => shop(at, guest),
    ask: (at) => create(pod(at, "guest", { app: "shop", ...guest, ...web })),
  },
  {
    ...of,
    operation: "CREATE",
    what: "a Deployment",
    world: (at) => shop(at, guest),
    ask: (at) => create(deployment(at, "shop", { ...guest, ...web })),
  },
  {
    ...of,
    operation: "UPDATE",
    what: "a pod",
    world: (at) => [...shop(at, guest), pod(at, "guest", { app: "shop", ...guest, ...backend })],
    ask: (at) => label(at, "role=web", "guest"),
  },
  {
    ...of,
    operation: "UPDATE",
    what: "a Deployment",
    world: (at) => [...shop(at, guest), deployment(at, "shop", { ...guest, ...backend })],
    ask: (at) => update(deployment(at, "shop", { ...guest, ...web })),
  },
];

const openedByNamespace: ModeCase = {
  code: "forbidden-path/vault-not-from-guests",
  operation: "UPDATE",
  what: "a Namespace",
  world: (at) => [
    ...quiet(at),
    out(at, "out", { app: "shop" }, 8200),
    pod(at, "web", { app: "shop" }),
    pod(at, "vault", { role: "vault" }),
  ],
  ask: (at) => label(at, "zone=guests"),
};

const required: Code = { code: "required-path/registry" };

/** A template is only warned about: a policy still to come could let its pods out. */
const closed: readonly ModeCase[] = [
  {
    ...required,
    operation: "CREATE",
    what: "a policy",
    world: registry,
    ask: (at) => create(into(at, "registry-in", "registry")),
  },
  {
    ...required,
    operation: "CREATE",
    what: "a pod",
    world: registry,
    ask: (at) => create(pod(at, "second", { role: "client" })),
  },
  {
    ...required,
    operation: "UPDATE",
    what: "a policy",
    world: registry,
    ask: (at) => update(out(at, "client-out", { app: "client" }, 5001)),
  },
  {
    ...required,
    operation: "UPDATE",
    what: "a pod",
    world: registry,
    ask: (at) => label(at, "app=other", "client"),
  },
  {
    ...required,
    operation: "DELETE",
    what: "a policy",
    world: registry,
    ask: (at) => removePolicy(at, "client-out"),
  },
];

/** Requests that open what must stay closed, or close what must stay open. */
export const PATH_CASES: readonly ModeCase[] = [
  ...openedByPolicy({ code: "forbidden-path/db-not-from-web" }),
  ...openedByLabel({ code: "forbidden-path/db-not-from-web" }),
  openedByNamespace,
  ...openedByPolicy({ code: "only-allowed-paths/db-only-from-backend" }),
  ...openedByLabel({ code: "only-allowed-paths/db-only-from-backend" }),
  ...closed,
];
