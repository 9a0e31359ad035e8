/// What a target is for, as its profile states it.
///
/// Stated, not proven: nothing may be changed on a target because of this word alone (`PaperDeclaration`), and
/// `production` rules out every change, whatever else is proven.
package enum TargetEnvironment: String, Sendable, Codable, CaseIterable {
    /// The practice desk: made for being broken.
    case practice
    /// A system like the one in production, with paper instead of money.
    case staging
    /// Real money moves.
    case production
}
