# syntax=docker/dockerfile:1
# The bot alone: built without the emulators, run by nobody in particular, on a read-only root.

FROM rust:1.95-slim-bookworm AS chef
RUN cargo install --locked cargo-chef@0.1.78
WORKDIR /build

FROM chef AS plan
COPY Cargo.toml Cargo.lock rust-toolchain.toml ./
COPY src src
COPY benches benches
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS build
# Dependencies first: this layer changes only with Cargo.toml and Cargo.lock.
COPY --from=plan /build/recipe.json recipe.json
RUN cargo chef cook --release --locked --no-default-features --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked --no-default-features --bin portcullis \
    && mkdir /data

# glibc, CA certificates, time zones, and no shell. The user is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/portcullis /usr/local/bin/portcullis
COPY --from=build /build/LICENSE-MIT /build/LICENSE-APACHE /usr/share/doc/portcullis/
# The one place that is written to, for the SQLite file; not needed with PostgreSQL.
COPY --from=build --chown=65532:65532 /data /data
VOLUME /data
WORKDIR /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/portcullis", "health", "--config", "/etc/portcullis/portcullis.toml"]
# Windows, records and jobs are durable: SIGTERM only ends the current step.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/portcullis"]
CMD ["serve", "--config", "/etc/portcullis/portcullis.toml"]
