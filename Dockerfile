# Both bases are arguments, so that an organisation can put its own in their place.
ARG BUILD_IMAGE=node:24-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="netpol-guard" \
      org.opencontainers.image.description="Admission webhook that knows what a Kubernetes network policy change opens" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
# `status` compares a cluster's registration with it.
COPY manifests/base/validating-webhook-configuration.yaml manifests/base/
USER 65532:65532
EXPOSE 9443
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=24", "dist/main.js"]
CMD ["serve", "--config", "/etc/netpol-guard/config.yaml", "--host", "::"]
