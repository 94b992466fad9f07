# The application alone: its PostgreSQL is another container, see docker-compose.yml.
FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN SQLX_OFFLINE=true cargo build --locked --release

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/vigie --create-home vigie \
    && install -d -o vigie -g vigie -m 0700 /var/backups/vigie
COPY --from=build /src/target/release/vigie /usr/local/bin/vigie
USER vigie
ENV VIGIE_DATA_DIR=/var/lib/vigie VIGIE_BACKUP_DIR=/var/backups/vigie VIGIE_LISTEN=0.0.0.0:8080 VIGIE_LOG_FORMAT=json
VOLUME ["/var/lib/vigie", "/var/backups/vigie"]
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["vigie", "health"]
CMD ["vigie", "serve"]
