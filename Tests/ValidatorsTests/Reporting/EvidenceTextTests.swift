import Readiness
import Testing
import Validators

struct EvidenceTextTests {
    @Test func `nothing said is still something kept`() {
        #expect(EvidenceText("").text == "(the answer was empty)")
        #expect(EvidenceText().text == "(the answer was empty)")
    }

    @Test func `what does not fit is counted`() {
        var text = EvidenceText("begin")
        for _ in 0..<100 { text.add(String(repeating: "x", count: 1000)) }
        #expect(text.text.utf8.count < EvidenceText.cap + 200)
        #expect(text.text.hasPrefix("begin\n"))
        #expect(text.text.contains("… 35 more not kept"))
    }

    @Test func `a giant answer is kept by its beginning`() {
        let text = EvidenceText(String(repeating: "y", count: 1_000_000)).text
        #expect(text.hasPrefix("yyy"))
        #expect(text.utf8.count < EvidenceText.cap)
    }

    @Test func `text of a target is cut for a sentence`() {
        #expect("short".shortened() == "short")
        #expect(String(repeating: "z", count: 500).shortened().count == 121)
    }
}
