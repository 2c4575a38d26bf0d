import { beforeEach, describe, expect, it } from "vitest";
import { decide, type Strictness } from "../../../src/admission/decide.ts";
import { deadlineOf } from "../../../src/admission/deadline.ts";
import { fixedSource } from "../../../src/cluster/fixed-source.ts";
import { compileManifests, manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import type { StateSource } from "../../../src/guard/state-source.ts";
import type { Verdict } from "../../../src/guard/verdict.ts";
import { GuardError } from "../../../src/model/errors.ts";
import { refText, type ObjectRef } from "../../../src/model/objects.ts";
import { changeOf, configured } from "../guard/requests.ts";

const RULE = (consistency: string): string =>
  `rules: [{ name: db-not-from-web, type: forbidden-path, from: { podSelector: { matchLabels: { app: web } } }, to: { podSelector: { matchLabels: { role: db } } }, consistency: ${consistency} }]`;
const pod = (name: string, labels: string): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: ${name}, labels: { ${labels} } } }`;
const DB = { kind: "Pod", namespace: "shop", name: "db" };
const WEB = changeOf(pod("web", "app: web"));

let source: StateSource;
let confirmed: (readonly string[])[];
let admitted: string[];
/** What a confirmation finds; `true` once it took over something that has changed. */
let onConfirm: () => Promise<boolean>;
let onCatchUp: () => Promise<void>;

beforeEach(() => {
  confirmed = [];
  admitted = [];
  onConfirm = () => Promise.resolve(false);
  onCatchUp = () => Promise.resolve();
  const fixed = fixedSource(compileManifests(manifestsIn(pod("db", "role: db"), "state.yaml")));
  source = {
    ...fixed,
    confirm: (refs: readonly ObjectRef[]) => {
      confirmed.push(refs.map(refText));
      return onConfirm();
    },
    caughtUp: () => onCatchUp(),
    admitted: ({ ref }) => void admitted.push(refText(ref)),
  };
});

interface DecidedOptions {
  readonly consistency?: string;
  readonly more?: string;
  readonly strictness?: Strictness;
}

const decided = (
  { consistency = "confirm", more = "", strictness = "as configured" }: DecidedOptions = {},
  change = WEB,
): Promise<Verdict> =>
  decide(
    { source, settings: () => configured(`${RULE(consistency)}\n${more}`), past: NO_PAST },
    { change, replaces: undefined, unnamed: false },
    deadlineOf("10s"),
    strictness,
  );

describe("a denial", () => {
  it("is given once what it rests on was read anew, and is still so", async () => {
    expect((await decided()).kind).toBe("deny");
    expect(confirmed).toEqual([["Namespace shop", "Pod shop/db"]]);
    expect(admitted).toEqual([]);
  });

  it("is none when what it rests on is not there any more", async () => {
    onConfirm = () => {
      source.index.remove(DB, "endpoint");
      return Promise.resolve(true);
    };
    expect((await decided()).kind).toBe("allow");
    expect(admitted).toEqual(["Pod shop/web"]);
  });

  it("is given where what it rests on changes as often as it is read", async () => {
    onConfirm = () => Promise.resolve(true);
    expect((await decided()).kind).toBe("deny");
    expect(confirmed).toHaveLength(3);
  });

  it("stays one where it cannot be confirmed, and what is undecided is refused", async () => {
    onConfirm = () => Promise.reject(new GuardError("no answer"));
    expect((await decided()).kind).toBe("deny");
    expect(admitted).toEqual([]);
  });

  it("is undecided where it cannot be confirmed, and what is undecided is admitted", async () => {
    onConfirm = () => Promise.reject(new GuardError("no answer"));
    expect(await decided({ more: "onUndecided: warn" })).toMatchObject({ kind: "undecided", refused: false });
    expect(admitted).toEqual(["Pod shop/web"]);
  });

  it("by a rule that is content with the cache rests on it", async () => {
    expect((await decided({ consistency: "cached" })).kind).toBe("deny");
    expect(confirmed).toEqual([]);
  });

  it("is not asked about where nothing is refused", async () => {
    expect((await decided({ strictness: "audit only" })).kind).toBe("allow");
    expect([confirmed, admitted]).toEqual([[], []]);
  });
});

describe("a rule that wants everything there is", () => {
  it("judges once the state has it", async () => {
    onCatchUp = () => {
      source.index.remove(DB, "endpoint");
      return Promise.resolve();
    };
    expect((await decided({ consistency: "linearizable" })).kind).toBe("allow");
    expect((await decided({ consistency: "confirm" })).kind).toBe("allow");
  });

  it("is undecided where that cannot be told", async () => {
    onCatchUp = () => Promise.reject(new GuardError("not in time"));
    expect(await decided({ consistency: "linearizable" })).toMatchObject({ kind: "undecided", refused: true });
    expect(await decided({ consistency: "linearizable", more: "onUndecided: warn" })).toMatchObject({ refused: false });
    expect(admitted).toEqual(["Pod shop/web"]);
    expect((await decided({ consistency: "confirm" })).kind).toBe("deny");
  });

  it("keeps nobody waiting whom it does not judge", async () => {
    onCatchUp = () => expect.fail("expected nobody to wait");
    expect((await decided({ consistency: "linearizable", more: "exemptNamespaces: [shop]" })).kind).toBe("allow");
    expect((await decided({ consistency: "linearizable", more: "mode: off" })).kind).toBe("allow");
  });
});

it("what is admitted is laid over the state before anything else can be judged", async () => {
  source.index.remove(DB, "endpoint");
  source.admitted = ({ object }) => {
    if (object !== undefined) source.index.upsert(object);
  };
  const both = await Promise.all([decided(), decided({}, changeOf(pod("db", "role: db")))]);
  expect(both.map(({ kind }) => kind)).toEqual(["allow", "deny"]);
});
