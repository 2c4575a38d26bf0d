import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startReJudging, type ReJudging, type Slip } from "../../../src/audit/re-judge.ts";
import { ChangeFeed } from "../../../src/cluster/change-feed.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { GuardSettings } from "../../../src/guard/settings.ts";
import { judge } from "../../../src/guard/guard.ts";
import { KnownViolations } from "../../../src/guard/known-violations.ts";
import { changeOf, configured, stateOf } from "../guard/requests.ts";

const RULES = `
rules:
  - { name: db-not-from-web, type: forbidden-path, from: { podSelector: { matchLabels: { app: web } } }, to: { podSelector: { matchLabels: { role: db } } } }
`;
const pod = (name: string, labels: string, phase = "Running"): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: ${name}, labels: { ${labels} } }, spec: { containers: [{ name: main, image: x }] }, status: { phase: ${phase} } }`;
const policy = (name: string, spec: string): string =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: ${name} }, spec: ${spec} }`;

const DENY = policy("deny", "{ podSelector: {}, policyTypes: [Ingress, Egress] }");
const OUT = policy(
  "out",
  "{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }] }",
);
const IN = policy("in", "{ podSelector: { matchLabels: { role: db } }, ingress: [{ from: [{ podSelector: {} }] }] }");
const WEB = pod("web", "app: web");
const DB = pod("db", "role: db");

const soon = { timeout: 10_000, interval: 5 };

let index: ClusterIndex;
let settings: GuardSettings;
let known: KnownViolations;
let feed: ChangeFeed;
let reJudging: ReJudging | undefined;
let lines: Readonly<Record<string, unknown>>[];
let kept: number;
let told: Slip[];

const objectOf = (yaml: string) => {
  const { object } = changeOf(yaml);
  return object ?? expect.fail("expected an object");
};
const put = (yaml: string): void => {
  const object = objectOf(yaml);
  feed.apply(object.ref, object.type, () => {
    index.upsert(object);
  });
};
const take = (yaml: string): void => {
  const { ref, type } = objectOf(yaml);
  feed.apply(ref, type, () => {
    index.remove(ref, type);
  });
};

const start = (...objects: readonly string[]): void => {
  index = stateOf(objects.join("\n---\n"));
  feed = new ChangeFeed(index);
  const log = pino({ base: null, level: "debug" }, { write: (line) => void lines.push(JSON.parse(line) as never) });
  const past = { now: () => Date.now(), had: (...of: Parameters<KnownViolations["had"]>) => known.had(...of) };
  const onNoted = (): void => {
    kept += 1;
  };
  const onSlipped = (slip: Slip): void => void told.push(slip);
  const given = { index, settings: () => settings, known, past, unsupported: () => [], log, onNoted, onSlipped };
  reJudging = startReJudging(given);
  feed.follow(reJudging.follower);
};
const begin = async (...objects: readonly string[]): Promise<void> => {
  start(...objects);
  await expect.poll(() => reJudging?.rounds(), soon).toBe(1);
};
const round = async (work: () => void): Promise<void> => {
  const before = reJudging?.rounds() ?? 0;
  work();
  await expect.poll(() => reJudging?.rounds(), soon).toBeGreaterThan(before);
};
const slips = () => lines.filter(({ msg }) => msg === "slipped");

beforeEach(() => {
  settings = configured(RULES);
  known = new KnownViolations({ digest: (key) => key, now: () => Date.now(), remember: () => settings.remember });
  lines = [];
  kept = 0;
  told = [];
});
afterEach(async () => {
  await reJudging?.stop();
  reJudging = undefined;
});

describe("what came past the guard", () => {
  it("is reported with its witness, once", async () => {
    await begin(DENY, OUT, WEB, DB);
    await round(() => {
      put(IN);
    });
    expect(slips()).toEqual([
      expect.objectContaining({
        object: "Pod shop/db",
        codes: ["forbidden-path/db-not-from-web"],
        findings: expect.stringContaining("shop/NetworkPolicy/in, spec.ingress[0].from[0]") as string,
      }),
    ]);
    expect(told).toMatchObject([
      {
        endpoint: { ref: { kind: "Pod", namespace: "shop", name: "db" } },
        codes: new Set(["forbidden-path/db-not-from-web"]),
      },
    ]);
    expect(told[0]?.findings.map(({ code }) => code)).toEqual(["forbidden-path/db-not-from-web"]);
    expect(reJudging?.slipped()).toBe(1);
    await round(() => {
      put(pod("db-2", "role: db"));
    });
    expect(reJudging?.slipped()).toBe(1);
  });

  it("is reported of all whom it concerns, whoever they are and whatever tells them apart", async () => {
    const dbs = [
      DB,
      pod("labelled", "role: db, track: canary"),
      DB.replace("name: db", "name: other").replace("shop", "stock"),
    ];
    const account = pod("account", "role: db").replace("containers", "serviceAccountName: other, containers");
    const stock = [DENY, IN].map((one) => one.replace("shop", "stock").replace("from: [{ podSelector: {} }]", ""));
    await begin(
      DENY,
      OUT.replace("podSelector: {} }] }]", "namespaceSelector: {} }] }]"),
      WEB,
      ...dbs,
      account,
      stock[0] ?? "",
    );
    await round(() => {
      put(IN);
      put(stock[1] ?? "");
    });
    const all = ["shop/account", "shop/db", "shop/labelled", "stock/other"].map((name) => `Pod ${name}`);
    await expect
      .poll(
        () =>
          slips()
            .map(({ object }) => object)
            .sort(),
        soon,
      )
      .toEqual(all);
    expect(reJudging?.slipped()).toBe(all.length);
  });

  it("is reported when it comes right after the start", async () => {
    start(DENY, OUT, WEB, DB);
    put(IN);
    await expect.poll(() => slips().length, soon).toBe(1);
  });

  it("is reported again when it was mended in between", async () => {
    await begin(DENY, OUT, WEB, DB);
    await round(() => {
      put(IN);
    });
    await round(() => {
      take(IN);
    });
    await round(() => {
      put(IN);
    });
    expect(reJudging?.slipped()).toBe(2);
  });

  it("is found for a pod, and for the labels of a namespace", async () => {
    settings = configured(`
rules:
  - { name: not-from-web, type: forbidden-path, from: { namespaceSelector: { matchLabels: { tier: web } } }, to: { podSelector: { matchLabels: { role: db } } } }
`);
    await begin(DB, pod("other", "app: other"));
    await round(() => {
      put("{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { tier: web } } }");
    });
    expect(slips().map(({ object }) => object)).toContain("Pod shop/db");
  });

  it.each<readonly [string, string]>([
    ["only warned about", "mode: warn"],
    ["in an exempt namespace", "exemptNamespaces: [shop]"],
  ])("is none where it is %s", async (_, more) => {
    settings = configured(`${RULES}${more}`);
    await begin(DENY, OUT, WEB, DB);
    await round(() => {
      put(IN);
    });
    expect(slips()).toEqual([]);
  });

  it("is not what was there when it began", async () => {
    await begin(DENY, OUT, IN, WEB, DB);
    await round(() => {
      put(pod("db", "role: db", "Pending"));
    });
    expect(slips()).toEqual([]);
  });
});

describe("a pod that ran", () => {
  const again = (yaml: string) =>
    judge(index, changeOf(yaml), settings, () => undefined, [], {
      now: () => Date.now(),
      had: (key, ports) => known.had(key, ports),
    });

  it("comes again with what it had, and with nothing else", async () => {
    await begin(DENY, OUT, IN, WEB, DB);
    expect(kept).toBeGreaterThan(0);
    take(DB);
    expect(again(DB)).toMatchObject({ kind: "allow", findings: [{ standing: "known", effect: "warn" }] });
    expect(again(pod("db", "role: db, track: canary")).kind).toBe("deny");
    index.upsert(objectOf(pod("web-2", "app: web, track: canary")));
    expect(again(DB).kind).toBe("deny");
  });

  it("is none that was only waiting", async () => {
    await begin(DENY, OUT, IN, WEB, pod("db", "role: db", "Pending"));
    take(DB);
    expect(again(DB).kind).toBe("deny");
  });

  it("does not come with what was opened after it was gone", async () => {
    await begin(DENY, OUT, WEB, DB);
    take(DB);
    put(IN);
    expect(again(DB).kind).toBe("deny");
  });

  it("is refused where existing workloads are", async () => {
    await begin(DENY, OUT, IN, WEB, DB);
    take(DB);
    settings = configured(`${RULES}existingWorkloads: deny`);
    expect(again(DB).kind).toBe("deny");
  });
});
