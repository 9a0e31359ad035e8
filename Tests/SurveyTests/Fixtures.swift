/// Repositories as people keep them.
enum Fixtures {
    /// Python: FastAPI, SQLAlchemy on PostgreSQL, Alembic.
    static let python = [
        ".env": "DATABASE_URL=postgresql+psycopg2://trader:marker-secret@db.internal:5433/trading\nPORT=8090\n",
        "alembic.ini": "[alembic]\nscript_location = alembic\nsqlalchemy.url = driver://user:pass@localhost/dbname\n",
        "alembic/versions/1a_first.py": "revision = \"1a\"\ndown_revision = None\n",
        "alembic/versions/2b_second.py": "revision = \"2b\"\ndown_revision = \"1a\"\n",
        "app/main.py": """
        import logging
        from fastapi import FastAPI
        app = FastAPI()
        logging.basicConfig(filename="logs/desk.log")

        @app.get("/healthz")
        def health(): return {"status": "ok"}

        @app.get("/readyz/identity")
        def identity(): return {}
        """,
        "app/db.py": "engine = create_engine(os.environ[\"DATABASE_URL\"])\n",
        "config/strategies.yaml": "strategies:\n  - momentum\n",
        "config/risk.yaml": "max_position: 100\n",
        "deploy/desk.service": "[Unit]\n[Service]\nExecStart=/opt/desk/run\n",
        "tests/test_db.py": "URL = \"postgresql://wrong:marker-secret@wrong/wrong\"\n",
    ]

    /// A compose file with PostgreSQL, Prometheus and Alertmanager.
    static let compose = [
        "compose.yaml": """
        services:
          desk:
            build: .
            ports: ["9100:8000"]
            environment:
              DATABASE_URL: postgres://desk:marker-secret@db/desk
          db:
            image: postgres:15
            ports: ["5544:5432"]
            environment: {POSTGRES_PASSWORD: marker-secret}
          prometheus:
            image: prom/prometheus:v2
        """,
        "monitoring/prometheus.yml": "scrape_configs:\n  - job_name: desk\n",
        "monitoring/alertmanager.yml": "route: {receiver: a}\nreceivers:\n  - name: a\n",
        "server.py": "@app.route('/metrics')\ndef m(): pass\napp.run(port=8000)\n",
    ]

    /// Go with plain SQL and SQLite.
    static let go = [
        "go.mod": "module desk\n",
        "main.go": """
        package main
        func main() {
            db, _ := sql.Open("sqlite3", "var/desk.db")
            http.HandleFunc("/readyz", ready)
            http.HandleFunc("/limits", limits)
            http.ListenAndServe(":7070", nil)
        }
        """,
        "migrations/0001_init.up.sql": "CREATE TABLE t(i int);\n",
        "migrations/0001_init.down.sql": "DROP TABLE t;\n",
        "migrations/0002_more.up.sql": "CREATE TABLE u(i int);\n",
    ]

    /// Nothing that is recognised.
    static let nothing = ["README.md": "# Notes\n", "notes/a.txt": "hello\n"]

    /// Text that wants to be something else.
    static let hostile = [
        ".env": "DATABASE_URL=postgresql://u:p@h/d\nDB_NAME=x\nDB_HOST=\u{1b}]0;evil\u{07}\n",
        "a&b *c ? \u{1b}[31m.yaml": "max_position: 1\n",
        "*alias &anchor.service": "[Service]\nExecStart=x\n",
        "x: {y.py": "app.run(port=99999)\n@app.get(\"/health\u{202e}z\")\nfilename=\"/a/\u{07}.log\"\n",
        "migrations & *more/0001.sql": "SELECT 1;\n",
        "docker-compose.yml": "services:\n  \"a: b\":\n    image: postgres\n  - x:\n      ports: [\"a:b\"]\n",
    ]

    static let all = ["python": python, "compose": compose, "go": go, "nothing": nothing, "hostile": hostile]
}
