BEGIN TRANSACTION;
CREATE TABLE conversations (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    title   TEXT NOT NULL,
    updated REAL NOT NULL         -- seconds since 1970
);
INSERT INTO "conversations" VALUES('c1','45594b3c93d7280170756b3f1b1ceb8f9ff683ddec1a8f3d02f7acc00155e666','plain',1.79623720583533167836e+09);
CREATE TABLE judgements (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    turn       TEXT NOT NULL,   -- id of the turn
    paper        TEXT NOT NULL,   -- '' for the answer as a whole
    verdict      TEXT NOT NULL,   -- up, down; relevant, partial, not; '' for a note alone
    note         TEXT NOT NULL,
    PRIMARY KEY (conversation, turn, paper)
);
INSERT INTO "judgements" VALUES('c1','id-plain','','up','good');
CREATE TABLE marks (
    owner   TEXT NOT NULL,
    paper   TEXT NOT NULL,        -- id; the paper may have left the corpus
    title   TEXT NOT NULL,        -- as it was last known
    reading TEXT NOT NULL,        -- to_read, read; '' where on no list
    tags    TEXT NOT NULL,        -- JSON
    note    TEXT NOT NULL,
    updated REAL NOT NULL,
    PRIMARY KEY (owner, paper)
);
INSERT INTO "marks" VALUES('','t-bed256f8fb75','Paper 0 on entropy','','["RL"]','mine',1.7962372058434202671e+09);
CREATE TABLE searches (
    id     TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    name   TEXT NOT NULL,
    wanted TEXT NOT NULL,         -- JSON
    seen   INTEGER NOT NULL,      -- revision of the corpus when it was last opened
    opened REAL NOT NULL          -- when that was
);
INSERT INTO "searches" VALUES('ytE4pUdV1UOw','','entropy','{"listed": {"ranked": "entropy"}, "filters": null}',1,1.79623720584726071359e+09);
CREATE TABLE table_cells (
    of       TEXT NOT NULL,
    paper    TEXT NOT NULL,
    question TEXT NOT NULL,
    cell     TEXT NOT NULL,       -- JSON
    own      INTEGER NOT NULL,    -- 1: the reader's
    change   INTEGER NOT NULL,    -- which of the table's changes brought it
    PRIMARY KEY (of, paper, question),
    FOREIGN KEY (of, paper) REFERENCES table_rows (of, paper) ON DELETE CASCADE
);
CREATE TABLE table_rows (
    of       TEXT NOT NULL REFERENCES tables ON DELETE CASCADE,
    position INTEGER NOT NULL,
    paper    TEXT NOT NULL,       -- id
    record   TEXT NOT NULL,       -- JSON: the paper as it was, whose text the spans are of
    PRIMARY KEY (of, paper)
);
INSERT INTO "table_rows" VALUES('U8p4waQ5ojPs',0,'t-bed256f8fb75','{"paper_id": "t-bed256f8fb75", "title": "Paper 0 on entropy", "abstract": "Much has been written about entropy. We propose method M0 for entropy number 0. It gains 0.5% over the best baseline.", "published": null, "date_precision": null, "author_count": null, "authors": [], "upvotes": null, "sources": [{"name": "page.txt", "line": 1}], "doi": null, "arxiv_id": null, "url": null, "citekey": ""}');
CREATE TABLE tables (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    conversation TEXT REFERENCES conversations ON DELETE CASCADE,  -- NULL where of none
    title        TEXT NOT NULL,
    updated      REAL NOT NULL,   -- seconds since 1970
    changes      INTEGER NOT NULL,  -- counts them
    head         TEXT NOT NULL    -- JSON: columns, who filled the cells, notices
);
INSERT INTO "tables" VALUES('U8p4waQ5ojPs','a digest of anna''s cookie',NULL,'On entropy',1.79623720585051131247e+09,0,'{"columns": [{"name": "method", "question": "Which method, system or study is proposed?"}], "notices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 0, "calls": 0, "estimated": false, "cost": null}}');
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    words        TEXT NOT NULL,   -- question and answer, to be searched
    turn         TEXT NOT NULL,   -- JSON
    id           TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, position)
);
INSERT INTO "turns" VALUES('c1',0,'plain
two papers of the corpus match:

- **rethinking entropy interventions in rlvr** (2025): we propose steer, which reweights tokens by their change of entropy and so mitigates entropy collapse. [1] steer keeps exploring and is better than the baselines by 2.3 points. [2]
- **cure: critical-token-guided re-concatenation for entropy-collapse prevention** (2025): at critical tokens it regenerates, which sustains high entropy and prevents collapse. [3]','{"id": "id-plain", "question": "plain", "asked_on": "", "filters": null, "within": null, "stated": null, "mode": null, "depth": "normal", "state": "done", "read": {"standalone": "plain", "filters": {"date_from": null, "date_to": null, "upvotes_min": null, "sort": null, "order": null, "limit": null, "paper_ids": null, "upvotes_max": null, "not_from": null, "not_to": null, "skip": null, "not_about": null, "lacking": null, "authors": null, "authors_min": null, "authors_max": null, "recorded": null, "unrecorded": null}}, "mended": [], "notes": [], "text": "", "fallback": "", "changed": [], "suggested": null, "answer": {"question": "plain", "standalone_question": "plain", "kind": "list", "filters": {"date_from": null, "date_to": null, "upvotes_min": null, "sort": null, "order": null, "limit": null, "paper_ids": null, "upvotes_max": null, "not_from": null, "not_to": null, "skip": null, "not_about": null, "lacking": null, "authors": null, "authors_min": null, "authors_max": null, "recorded": null, "unrecorded": null}, "status": "answered", "mode": "extractive", "text": "Two papers of the corpus match:\n\n- **Rethinking Entropy Interventions in RLVR** (2025): We propose STEER, which reweights tokens by their change of entropy and so mitigates entropy collapse. [1] STEER keeps exploring and is better than the baselines by 2.3 points. [2]\n- **CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention** (2025): At critical tokens it regenerates, which sustains high entropy and prevents collapse. [3]", "sentences": [{"text": "Two papers of the corpus match:", "citations": [], "supported": true, "why": ""}, {"text": "**Rethinking Entropy Interventions in RLVR** (2025): We propose STEER, which reweights tokens by their change of entropy and so mitigates entropy collapse.", "citations": [1], "supported": true, "why": ""}, {"text": "STEER keeps exploring and is better than the baselines by 2.3 points.", "citations": [2], "supported": true, "why": ""}, {"text": "**CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention** (2025): At critical tokens it regenerates, which sustains high entropy and prevents collapse.", "citations": [3], "supported": true, "why": ""}], "citations": [{"n": 1, "paper_id": "steer", "title": "Rethinking Entropy Interventions in RLVR", "quote": "We propose STEER, which reweights tokens by their change of entropy and so mitigates entropy collapse.", "start": 298, "end": 400, "published": "2025-10-11", "url": null, "arxiv_month": null}, {"n": 2, "paper_id": "steer", "title": "Rethinking Entropy Interventions in RLVR", "quote": "STEER keeps exploring and is better than the baselines by 2.3 points.", "start": 432, "end": 501, "published": "2025-10-11", "url": null, "arxiv_month": null}, {"n": 3, "paper_id": "cure", "title": "CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention", "quote": "At critical tokens it regenerates, which sustains high entropy and prevents collapse.", "start": 219, "end": 304, "published": "2025-08", "url": "https://example.org/cure", "arxiv_month": null}], "papers": ["steer", "cure"], "near": ["other"], "confidence": 0.0, "notices": [], "timings_ms": {"understand": 1.2, "retrieve": 31.0, "answer": 2.0, "total": 34.2}, "usage": {"prompt_tokens": 0, "completion_tokens": 0, "calls": 0, "estimated": false, "cost": null}, "fingerprint": "c0ffee12", "model": null, "agreement": null}, "papers": [{"paper_id": "steer", "title": "Rethinking Entropy Interventions in RLVR", "abstract": "Reinforcement Learning with Verifiable Rewards (RLVR) improves the reasoning of large language models. Yet training collapses in entropy, which ends exploration early and is hard to repair later on. Methods so far intervene on tokens one by one and look at the dynamics of entropy only in passing. We propose STEER, which reweights tokens by their change of entropy and so mitigates entropy collapse. On six mathematical benchmarks STEER keeps exploring and is better than the baselines by 2.3 points.", "published": "2025-10-11", "date_precision": "day", "author_count": 9, "authors": [], "upvotes": 41, "sources": [], "doi": null, "arxiv_id": null, "url": null, "citekey": ""}, {"paper_id": "cure", "title": "CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention", "abstract": "Recent advances in RLVR have driven the emergence of sophisticated behaviour. Sampling from a static state leads to entropy collapse. We introduce CURE, a two-stage framework that balances exploration and exploitation. At critical tokens it regenerates, which sustains high entropy and prevents collapse.", "published": "2025-08", "date_precision": "month", "author_count": null, "authors": [], "upvotes": null, "sources": [], "doi": null, "arxiv_id": null, "url": "https://example.org/cure", "citekey": ""}, {"paper_id": "other", "title": "A Survey of Rewards", "abstract": "Rewards come in many forms. This survey sorts them by what they verify.", "published": null, "date_precision": null, "author_count": null, "authors": [], "upvotes": null, "sources": [], "doi": null, "arxiv_id": null, "url": null, "citekey": ""}], "error": null}','id-plain');
CREATE INDEX conversations_of_owner ON conversations (owner, updated);
CREATE INDEX tables_of_owner ON tables (owner, updated);
CREATE INDEX searches_of_owner ON searches (owner);
COMMIT;
PRAGMA user_version = 5;
