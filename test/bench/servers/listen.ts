import type { FastifyInstance } from "fastify";

/** Listens on loopback; the port that was free. */
export const listen = async (server: FastifyInstance): Promise<number> => {
  await server.listen({ host: "127.0.0.1", port: 0 });
  const address = server.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
