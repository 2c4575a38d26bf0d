# Both bases are arguments, so that an organisation can put its own in their place.
ARG BUILD_IMAGE=node:24-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# No package's own script is needed for what follows, so none is run.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
# Types and source maps are a third of what is left, and nobody reads them there.
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && find node_modules -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' \) -delete

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="netpol-guard" \
      org.opencontainers.image.description="Admission webhook that knows what a Kubernetes network policy change opens" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
ENV NODE_ENV=production
COPY LICENSE ./
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
# `status` compares a cluster's registration with it.
COPY manifests/base/validating-webhook-configuration.yaml manifests/base/
USER 65532:65532
EXPOSE 9443
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=24", "dist/main.js"]
CMD ["serve", "--config", "/etc/netpol-guard/config.yaml", "--host", "::"]
