# The sluice command in a container:
#   docker build -t sluice .
#   docker run --rm -v "$PWD:/data" -e DCIM_TOKEN sluice poll

FROM node:20-bookworm AS build
WORKDIR /src
COPY . .
# Compiles the SQLite driver where no compiled one can be downloaded.
RUN npm run pack \
 && npm install --global --prefix /opt/sluice ./tarballs/sluice-cli-*.tgz \
 && find /opt/sluice -path '*/better-sqlite3/*' \( -name deps -o -name src -o -name obj \) -type d -prune -exec rm -rf {} +

FROM node:20-bookworm-slim
COPY --from=build /opt/sluice /opt/sluice
RUN ln -s /opt/sluice/bin/sluice /usr/local/bin/sluice \
 && rm -rf /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/corepack /opt/yarn-* \
 && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
ENTRYPOINT ["sluice"]
CMD ["--help"]
