/// How many colours the console may use.
package enum ColorDepth: Sendable, Equatable, CaseIterable {
    /// None: attributes only.
    case none
    /// The user's palette of 8 or 16.
    case ansi
    /// 256.
    case palette
    /// Red, green and blue.
    case direct

    /// What the environment asks for and promises; what the terminal's description can do may be less.
    ///
    /// `NO_COLOR` counts when it is set to anything but the empty string (https://no-color.org).
    package static func wanted(in environment: [String: String]) -> ColorDepth {
        if let no = environment["NO_COLOR"], !no.isEmpty { return .none }
        let promise = environment["COLORTERM"] ?? ""
        return promise == "truecolor" || promise == "24bit" ? .direct : .palette
    }
}
