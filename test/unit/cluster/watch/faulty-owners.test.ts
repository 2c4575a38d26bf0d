import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { event, page, refusal, stream } from "./answers.ts";
import { eventually, nameOf, pods, useBench } from "./bench.ts";
import { fastClock } from "./clocks.ts";

describe("a reflector whose owner fails", () => {
  const bench = useBench();

  it("lists anew when the sink throws", async () => {
    let fails = true;
    bench.server.onList(page(["a"], "10"), page(["a", "b"], "20"));
    bench.server.onWatch(stream([event("ADDED", "b", "11")]), stream());
    const { errors, held } = bench.follow({}, pods, {
      upsert: () => {
        if (fails) throw new Error("no room");
        fails = false;
      },
    });
    await eventually(() => {
      expect(held).toEqual(new Set(["a", "b"]));
    });
    expect(errors.map(({ message }) => message)).toEqual(["watch /api/v1/pods: no room"]);
  });

  it("is not synced by a list that the sink did not take", async () => {
    let attempts = 0;
    bench.server.onList(page(["a"], "10"));
    const { reflector, errors } = bench.follow({}, pods, {
      replace: async () => {
        attempts += 1;
        await Promise.resolve();
        if (attempts === 1) throw new Error("no room");
      },
    });
    await eventually(() => {
      expect(errors).toHaveLength(1);
    });
    await reflector.waitForSync();
    expect(attempts).toBe(2);
  });

  it("names the object that cannot be read, and leaves none out", async () => {
    let fails = true;
    const project = (raw: unknown): string => {
      if (fails && nameOf(raw) === "b") throw new Error("spec.nodeName: expected a string");
      return nameOf(raw);
    };
    bench.server.onList(page(["a", "b"], "10"));
    const { reflector, calls, errors } = bench.follow({}, { ...pods, project });
    await eventually(() => {
      expect(errors.length).toBeGreaterThan(1);
    });
    expect(calls).toEqual([]);
    expect(reflector.state().error).toBe(
      "list /api/v1/pods: Pod shop/b could not be read: spec.nodeName: expected a string",
    );
    fails = false;
    await reflector.waitForSync();
    expect(calls[0]).toBe("replace a,b @10");
  });

  it("warns when onError throws, and goes on", async () => {
    const warned = once(process, "warning");
    bench.server.onList(refusal(500, "no"), page(["a"], "10"));
    const { reflector } = bench.follow({
      onError: () => {
        throw new Error("log is full");
      },
    });
    await reflector.waitForSync();
    expect(String((await warned)[0])).toContain("onError failed: log is full");
  });

  it("says so when the kubeconfig gives no credentials", async () => {
    const { kubeConfig } = bench.server;
    kubeConfig.loadFromOptions({
      clusters: kubeConfig.clusters,
      contexts: kubeConfig.contexts,
      currentContext: "fake",
      users: [{ name: "guard", certFile: "/nonexistent/guard.crt" }],
    });
    const { errors } = bench.follow();
    await eventually(() => {
      expect(errors[0]?.message).toContain("list /api/v1/pods: ENOENT: no such file or directory");
    });
  });

  it("gives up credentials that never come, and can be stopped meanwhile", async () => {
    const { kubeConfig } = bench.server;
    let asked = 0;
    kubeConfig.addAuthenticator({
      isAuthProvider: () => true,
      applyAuthentication: () => {
        asked += 1;
        return Promise.withResolvers<undefined>().promise;
      },
    });
    const { reflector, errors } = bench.follow({ clock: fastClock(300) });
    await eventually(() => {
      expect(asked).toBe(2);
    });
    await reflector.stop();
    expect(errors[0]?.message).toBe("list /api/v1/pods: no credentials within 30 s");
  });

  it("says so when the kubeconfig names no cluster", async () => {
    const { kubeConfig } = bench.server;
    kubeConfig.setCurrentContext("elsewhere");
    const { errors } = bench.follow();
    await eventually(() => {
      expect(errors[0]?.message).toBe("list /api/v1/pods: the kubeconfig has no current cluster");
    });
  });
});
