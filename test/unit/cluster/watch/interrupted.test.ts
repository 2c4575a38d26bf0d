import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../../../src/cluster/watch/errors.ts";
import { GuardError } from "../../../../src/model/errors.ts";
import { bookmark, event, page, stream } from "./answers.ts";
import { eventually, useBench } from "./bench.ts";

describe("a reflector that is interrupted", () => {
  const bench = useBench();

  it("resumes where a connection broke, as if its own had", async () => {
    bench.server.onList(page(["a"], "10"));
    bench.server.onWatch(stream([bookmark("15")]), stream([event("ADDED", "b", "16")]));
    const { reflector, held, errors } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("15");
    });
    reflector.interrupt(new ConnectionError("somebody knows more"));
    await eventually(() => {
      expect(held).toEqual(new Set(["a", "b"]));
    });
    expect(errors.map(({ message }) => message)).toEqual(["watch /api/v1/pods: somebody knows more"]);
    expect(bench.server.watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["10", "15"]);
    expect(bench.server.lists).toHaveLength(1);
  });

  it("lists anew where what it has is in doubt", async () => {
    bench.server.onList(page(["a"], "10"), page(["b"], "5"));
    bench.server.onWatch(stream([bookmark("15")]), stream());
    const { reflector, held } = bench.follow();
    await eventually(() => {
      expect(reflector.resourceVersion).toBe("15");
    });
    reflector.interrupt(new GuardError("it went back"));
    await eventually(() => {
      expect(held).toEqual(new Set(["b"]));
    });
    await eventually(() => {
      expect(bench.server.watches.at(-1)?.query.get("resourceVersion")).toBe("5");
    });
  });

  it("does nothing about it where no watch is open", async () => {
    const { reflector, errors } = bench.follow();
    reflector.interrupt(new ConnectionError("somebody knows more"));
    await eventually(() => {
      expect(bench.server.lists).toHaveLength(1);
    });
    reflector.interrupt(new ConnectionError("somebody knows more"));
    expect(errors).toEqual([]);
    expect(reflector.state().phase).toBe("listing");
  });
});
