import FoundationEssentials
import Readiness

/// Observations as they are kept: JSON with sorted keys, so that equal observations are equal bytes.
enum ObservationCoding {
    static func encode(_ observation: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(observation), as: UTF8.self)
    }

    static func decode<Observation: Decodable>(_ bytes: [UInt8]) throws -> Observation {
        try JSONDecoder().decode(Observation.self, from: Data(bytes))
    }
}
