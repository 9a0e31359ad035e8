/// Something kept from what a check saw: its bytes lie in the run's folder under their own digest.
package struct Evidence: Sendable, Codable, Equatable {
    /// What sort of thing it is.
    package enum Kind: String, Sendable, Codable {
        case httpExchange = "http_exchange"
        case sqlResult = "sql_result"
        case orderTrace = "order_trace"
        case fileDigest = "file_digest"
        case processTranscript = "process_transcript"
        case logExcerpt = "log_excerpt"
        case samples
        case observation
    }

    /// How it came about. Only `live` counts for a gate outside `practice`.
    package enum Provenance: String, Sendable, Codable {
        case live, replay, simulated, selfReported = "self_reported", imported
    }

    /// Unique within the run: the round, the check's place in the plan and a count.
    package var id: String
    /// What sort of thing it is.
    package var kind: Kind
    /// How it came about.
    package var provenance: Provenance
    /// How strong it is.
    package var grade: Grade
    /// When we had it, UTC.
    package var collectedAt: UTCInstant
    /// `text/plain`, `application/json` …
    package var mediaType: String
    /// SHA-256 of the kept bytes, lower-case hex.
    package var sha256: String
    /// Bytes kept.
    package var size: Int
    /// Relative to the run's folder.
    package var path: String

    /// Describes evidence that has been kept. Only an `EvidenceRecorder` makes one.
    package init(
        id: String, kind: Kind, provenance: Provenance, grade: Grade, collectedAt: UTCInstant, mediaType: String,
        sha256: String, size: Int, path: String
    ) {
        self.id = id
        self.kind = kind
        self.provenance = provenance
        self.grade = grade
        self.collectedAt = collectedAt
        self.mediaType = mediaType
        self.sha256 = sha256
        self.size = size
        self.path = path
    }

    private enum CodingKeys: String, CodingKey {
        case id = "evidence_id", kind, provenance, grade, collectedAt = "collected_at", mediaType = "media_type"
        case sha256, size, path
    }

    /// The short form that measurements and outcomes carry.
    package var reference: Reference { Reference(id: id, grade: grade) }

    /// A piece of evidence by id, with its grade.
    package struct Reference: Sendable, Codable, Equatable {
        /// The evidence's id.
        package var id: String
        /// The evidence's grade.
        package var grade: Grade

        fileprivate init(id: String, grade: Grade) {
            self.id = id
            self.grade = grade
        }

        private enum CodingKeys: String, CodingKey { case id = "evidence_id", grade }
    }

    /// At least one piece of evidence: what a pass is made of.
    package struct NonEmpty: Sendable, Equatable {
        /// All of it, never empty.
        package let references: [Reference]

        /// - Returns: nil for no evidence at all, and for evidence of grade E0, which is none.
        package init?(_ references: [Reference]) {
            guard !references.isEmpty, references.allSatisfy({ $0.grade > .none }) else { return nil }
            self.references = references
        }

        /// The weakest grade among it.
        package var grade: Grade { references.map(\.grade).min() ?? .none }
    }
}

/// Where `collect` leaves evidence. The live one writes a file; the fake keeps it in memory.
package protocol EvidenceRecorder: Sendable {
    /// Keeps a text and says under which id.
    ///
    /// - Throws: `ProbeError` of the tool when it cannot be written: what cannot be kept was not seen.
    func record(_ text: String, as kind: Evidence.Kind, mediaType: String, grade: Grade) async throws(ProbeError)
        -> Evidence
}

extension EvidenceRecorder {
    /// Keeps plain text.
    package func record(_ text: String, as kind: Evidence.Kind, grade: Grade) async throws(ProbeError) -> Evidence {
        try await record(text, as: kind, mediaType: "text/plain", grade: grade)
    }
}
