CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES (1);
CREATE TABLE sessions (
  id TEXT NOT NULL, transaction_id INTEGER NOT NULL, charge_point_id TEXT NOT NULL,
  connector_id INTEGER NOT NULL, site_id TEXT, id_tag TEXT NOT NULL, reservation_id INTEGER,
  started_at BIGINT NOT NULL, charging_ended_at BIGINT, stopped_at BIGINT, ended_at BIGINT,
  meter_start_wh BIGINT NOT NULL, meter_stop_wh BIGINT, last_register_wh BIGINT,
  last_sample_at BIGINT, stop_reason TEXT, stop_id_tag TEXT, flags TEXT NOT NULL,
  register_offset_wh BIGINT NOT NULL, claimed_meter_start_wh BIGINT NOT NULL,
  claimed_started_at BIGINT NOT NULL, claimed_stopped_at BIGINT, received_at BIGINT NOT NULL,
  epoch_at BIGINT NOT NULL, pending_wh BIGINT, pending_at BIGINT, gap_wh BIGINT NOT NULL,
  raw_start TEXT, raw_stop TEXT,
  PRIMARY KEY (id),
  CONSTRAINT uq_sessions_start UNIQUE (
    charge_point_id, connector_id, id_tag, claimed_meter_start_wh, claimed_started_at
  ),
  UNIQUE (transaction_id)
);
CREATE INDEX ix_sessions_connector ON sessions (charge_point_id, connector_id, started_at);
CREATE INDEX ix_sessions_site ON sessions (site_id, started_at);
CREATE INDEX ix_sessions_started ON sessions (started_at);
CREATE TABLE connectors (
  charge_point_id TEXT NOT NULL, connector_id INTEGER NOT NULL, register_wh BIGINT NOT NULL,
  register_at BIGINT NOT NULL, epoch_at BIGINT NOT NULL, pending_wh BIGINT, pending_at BIGINT,
  lifetime_wh BIGINT, idle_wh BIGINT NOT NULL, PRIMARY KEY (charge_point_id, connector_id)
);
CREATE TABLE quarantine (
  id INTEGER NOT NULL, charge_point_id TEXT NOT NULL, received_at BIGINT NOT NULL,
  action TEXT NOT NULL, reason TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_quarantine_charge_point_id ON quarantine (charge_point_id);
CREATE TABLE slices (
  session_id TEXT NOT NULL, start BIGINT NOT NULL, wh BIGINT NOT NULL,
  PRIMARY KEY (session_id, start), FOREIGN KEY(session_id) REFERENCES sessions (id)
);
CREATE TABLE signed_values (
  id INTEGER NOT NULL, session_id TEXT NOT NULL, sampled_at BIGINT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(session_id) REFERENCES sessions (id)
);
CREATE INDEX ix_signed_values_session ON signed_values (session_id, sampled_at);
CREATE TABLE corrections (
  id INTEGER NOT NULL, session_id TEXT NOT NULL, corrected_at BIGINT NOT NULL,
  energy_wh BIGINT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(session_id) REFERENCES sessions (id)
);
CREATE INDEX ix_corrections_session_id ON corrections (session_id);
-- A session of 1,500 Wh from 2026-10-01T12:00Z to 12:30Z.
INSERT INTO sessions VALUES (
  'old', 4711, 'CP1', 1, 'home', 'TAG', NULL, 1790856000000000, NULL, 1790857800000000, NULL,
  1000, 2500, NULL, NULL, 'Local', NULL, '', 0, 1000, 1790856000000000, 1790857800000000,
  1790856000000000, 1790856000000000, NULL, NULL, 0, NULL, NULL
);
INSERT INTO connectors VALUES (
  'CP1', 1, 2500, 1790857800000000, 1790856000000000, NULL, NULL, 2500, 0
);
INSERT INTO slices VALUES
  ('old', 1790856000000000, 750),
  ('old', 1790856900000000, 750);
