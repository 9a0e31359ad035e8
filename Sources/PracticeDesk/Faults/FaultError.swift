/// A fault that cannot be set as asked.
package enum FaultError: Error, Equatable, CustomStringConvertible {
    /// No fault has that name; the nearest that has, if one is near.
    case unknown(String, nearest: String?)
    /// The fault does not take that magnitude.
    case magnitude(of: Fault, given: String)

    /// What is wrong and what would be accepted.
    package var description: String {
        switch self {
        case .unknown(let name, let nearest):
            let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            let hint = nearest.map { "; did you mean \($0)?" } ?? ""
            return "there is no fault '\(name)'\(hint) (known: \(known))"
        case .magnitude(let fault, let given):
            return "fault \(fault.rawValue) takes \(fault.form.text), not '\(given)'"
        }
    }
}
