# The sluice command in a container, by default as a server that runs the schedule too:
#   docker build -t sluice .
#   docker run -d -v "$PWD:/data" -e DCIM_TOKEN -p 127.0.0.1:8787:8787 sluice
#   docker run --rm -v "$PWD:/data" -e DCIM_TOKEN sluice poll

FROM node:24.11.1-bookworm AS build
WORKDIR /src
COPY . .
# Where no compiled SQLite driver can be downloaded, it is compiled with the headers of this image.
ENV npm_config_nodedir=/usr/local
RUN npm run pack \
 && npm install --global --prefix /opt/sluice ./tarballs/sluice-cli-*.tgz \
 && find /opt/sluice -path '*/better-sqlite3/*' \( -name deps -o -name src -o -name obj \) -type d -prune -exec rm -rf {} +

FROM node:24.11.1-bookworm-slim
COPY --from=build /opt/sluice /opt/sluice
RUN ln -s /opt/sluice/bin/sluice /usr/local/bin/sluice \
 && rm -rf /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/corepack /opt/yarn-* \
 && mkdir /data && chown node:node /data
USER node
WORKDIR /data
# A mounted config is one that was named: it may be another user's.
ENV SLUICE_CONFIG=/data/sluice.yaml
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
  ["node", "-e", "fetch('http://127.0.0.1:8787/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["sluice"]
CMD ["serve", "--with-schedule", "--listen", "0.0.0.0:8787", "--config", "/data/sluice.yaml"]
