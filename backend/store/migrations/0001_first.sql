-- One row: what the file is about as a whole. sum is the exclusive or of all other rows' hashes, so that a row that went
-- missing is noticed; hash covers this row.
CREATE TABLE meta (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  text     TEXT NOT NULL, -- digest of the text snapshot as we wrote it or took it in
  pending  TEXT NOT NULL, -- digest of the text snapshot that is being written
  sum      BLOB NOT NULL,
  hash     BLOB NOT NULL
) STRICT;

-- Records of the drawing (node, edge, setting), settings of the project (local) and runs, as JSON.
CREATE TABLE record (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  data TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Every change of the drawing, in order. how is edit, undo, redo or takein; of is the change that was undone or done again.
CREATE TABLE journal (
  seq   INTEGER PRIMARY KEY,
  at    TEXT NOT NULL,
  how   TEXT NOT NULL,
  of    INTEGER NOT NULL,
  label TEXT NOT NULL,
  diff  TEXT NOT NULL,
  hash  BLOB NOT NULL
) STRICT;
