/// What a TLS library says of an error, as a few words for a person.
///
/// The library names a source file of the machine that built us, numbers of its own and types of its own: none of that
/// belongs into a reason.
package enum TLSErrorText {
    /// The library's reasons, each once: `wrong version number (is TLS spoken there at all?)`.
    ///
    /// - Parameter description: the error's own words, such as `handshakeFailed(… error:100000f7:SSL
    ///   routines:OPENSSL_internal:WRONG_VERSION_NUMBER at /…/tls_record.cc:127]))`.
    package static func words(_ description: String) -> String {
        var reasons: [String] = []
        var rest = description[...]
        while let found = rest.firstRange(of: "error:") {
            rest = rest[found.upperBound...]
            let end = rest.firstRange(of: " at /")?.lowerBound ?? rest.endIndex
            let last = rest[..<end].split(separator: ":").last ?? ""
            let letters = last.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " }
            let reason = letters.lowercased().split(separator: "_").joined(separator: " ")
            if !reason.isEmpty, !reasons.contains(reason) { reasons.append(reason) }
        }
        guard !reasons.isEmpty else { return plain(description) }
        let isPlain = reasons.contains("wrong version number") || reasons.contains("http request")
        return reasons.joined(separator: ", ") + (isPlain ? " (is TLS spoken there at all?)" : "")
    }

    /// Words without a reason of the library: those before the first path.
    private static func plain(_ description: String) -> String {
        let words = description.prefix(200).split(separator: " ").prefix { !$0.contains("/") }
        return words.isEmpty ? "the handshake failed" : words.joined(separator: " ")
    }
}
