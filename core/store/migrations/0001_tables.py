"""The first set of the store's own tables."""

from core.store.migrate import MigrationDatabase

TABLES = """
CREATE TABLE ledger (
    entity {text} NOT NULL,
    key_hash {bytes} NOT NULL,
    content_hash {bytes} NOT NULL,
    record_id {integer} NOT NULL,
    PRIMARY KEY (entity, key_hash)
) {keyed}
;
CREATE TABLE event (
    id {serial},
    entity {text} NOT NULL,
    record_id {integer} NOT NULL,
    at {integer} NOT NULL,
    verb {text} NOT NULL,
    who {text} NOT NULL,
    why {text} NOT NULL,
    before {text} NOT NULL,
    after {text} NOT NULL
) {plain}
;
CREATE INDEX event_record ON event (entity, record_id)
;
CREATE TABLE outbox (
    id {serial},
    topic {text} NOT NULL,
    body {text} NOT NULL,
    made_at {integer} NOT NULL,
    attempts {integer} NOT NULL,
    next_at {integer} NOT NULL,
    last_error {text}
) {plain}
;
CREATE INDEX outbox_next_at ON outbox (next_at)
;
CREATE TABLE refusal (
    id {serial},
    partner {text} NOT NULL,
    interface {text} NOT NULL,
    entity {text} NOT NULL,
    received_at {integer} NOT NULL,
    snapshot {integer} NOT NULL,
    "index" {integer} NOT NULL,
    raw {bytes} NOT NULL,
    problems {text} NOT NULL,
    outcome {text} NOT NULL,
    field {text} NOT NULL,
    state {text} NOT NULL,
    replayed_at {integer},
    record_id {integer}
) {plain}
;
CREATE INDEX refusal_state ON refusal (state, interface)
;
CREATE INDEX refusal_partner ON refusal (partner)
;
CREATE INDEX refusal_received_at ON refusal (received_at)
;
CREATE TABLE refusal_count (
    partner {text} NOT NULL,
    interface {text} NOT NULL,
    day {integer} NOT NULL,
    outcome {text} NOT NULL,
    number {integer} NOT NULL,
    PRIMARY KEY (partner, interface, day, outcome)
) {keyed}
;
CREATE TABLE state (key {text} PRIMARY KEY, value {text} NOT NULL) {keyed}
;
CREATE TABLE fingerprint (entity {text} PRIMARY KEY, body {text} NOT NULL) {keyed}
;
CREATE TABLE credential (
    id {serial},
    partner {text} NOT NULL,
    kind {text} NOT NULL,
    appid {text} NOT NULL,
    secret_hash {bytes} NOT NULL,
    salt {bytes} NOT NULL,
    made_at {integer} NOT NULL,
    expires_at {integer},
    revoked_at {integer}
) {plain}
;
CREATE INDEX credential_appid ON credential (appid)
;
CREATE INDEX credential_partner ON credential (partner)
;
CREATE TABLE token (
    token_hash {bytes} PRIMARY KEY,
    partner {text} NOT NULL,
    appid {text} NOT NULL,
    expires_at {integer} NOT NULL,
    revoked_at {integer}
) {keyed}
;
CREATE INDEX token_partner ON token (partner)
;
CREATE TABLE job_run (
    id {serial},
    job {text} NOT NULL,
    started_at {integer} NOT NULL,
    ended_at {integer},
    ok {boolean},
    note {text} NOT NULL
) {plain}
;
CREATE INDEX job_run_job ON job_run (job, started_at)
"""


def up(database: MigrationDatabase) -> None:
    """Create them."""
    database.create(TABLES)
