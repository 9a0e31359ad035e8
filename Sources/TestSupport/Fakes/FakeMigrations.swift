package import Readiness
import Synchronization

/// A folder of migration files.
package final class FakeMigrations: MigrationProbe {
    private struct State {
        var files: [MigrationFile]
        var failure: ProbeError?
        var rehearsal = MigrationRehearsal.made(.sound)
        var rehearsed: [[MigrationScript]] = []
        var rehearsalFailure: ProbeError?
    }
    private let state: Mutex<State>

    /// Three in a line, as the practice desk keeps them, if nothing else is said.
    package init(_ files: [MigrationFile] = MigrationFile.desk) { state = Mutex(State(files: files)) }

    /// Holds these files from now on.
    package func hold(_ files: [MigrationFile]) { state.withLock { $0.files = files } }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// What becomes of scripts from now on.
    package func make(_ rehearsal: MigrationRehearsal) { state.withLock { $0.rehearsal = rehearsal } }

    /// Throws from now on when scripts are to be tried; nil answers again.
    package func failRehearsal(_ failure: ProbeError?) { state.withLock { $0.rehearsalFailure = failure } }

    /// The scripts that were tried, one list for each time.
    package var rehearsed: [[MigrationScript]] { state.withLock { $0.rehearsed } }

    /// What was said to become of them, or the failure.
    package func rehearse(_ scripts: [MigrationScript]) async throws(ProbeError) -> Answer<MigrationRehearsal> {
        let now = state.withLock { state in
            state.rehearsed.append(scripts)
            return state
        }
        if let failure = now.rehearsalFailure { throw failure }
        return Answer(now.rehearsal, transcript: "\(scripts.count) scripts tried", elapsed: .milliseconds(1))
    }

    /// The files, or the failure.
    package func migrationFiles() async throws(ProbeError) -> Answer<[MigrationFile]> {
        let now = state.withLock { $0 }
        if let failure = now.failure { throw failure }
        return Answer(now.files, transcript: "\(now.files.count) migration files", elapsed: .milliseconds(1))
    }
}

extension MigrationFile {
    /// A file in the folder that the sample runbook names.
    package init(_ name: String, _ text: String) {
        self.init(name: name, path: "/desk home/migrations/\(name)", text: text)
    }

    /// An SQL migration with the two comments that it begins with.
    package static func sql(_ revision: String, revises parents: String) -> MigrationFile {
        MigrationFile(
            "\(revision)_step.sql",
            "-- revision: \(revision)\n-- revises: \(parents)\n-- migrate:up\nCREATE TABLE t\(revision) (a INTEGER);\n")
    }

    /// An Alembic revision as its template writes it; `parents` as Python.
    package static func alembic(_ revision: String, revises parents: String) -> MigrationFile {
        MigrationFile(
            "\(revision)_step.py",
            """
            \"\"\"step \(revision)

            Revision ID: \(revision)
            Revises: somebody
            Create Date: 2025-01-02 03:04:05

            \"\"\"
            from typing import Sequence, Union

            from alembic import op
            import sqlalchemy as sa

            # revision identifiers, used by Alembic.
            revision: str = '\(revision)'
            down_revision: Union[str, Sequence[str], None] = \(parents)
            branch_labels: Union[str, Sequence[str], None] = None
            depends_on: Union[str, Sequence[str], None] = None


            def upgrade() -> None:
                revision = 'not this one'
                op.add_column("orders", sa.Column("note", sa.Text(), nullable=True))


            def downgrade() -> None:
                op.drop_column("orders", "note")

            """)
    }

    /// Three in a line.
    package static let desk = [
        sql("0001", revises: "none"), sql("0002", revises: "0001"), sql("0003", revises: "0002"),
    ]
}
