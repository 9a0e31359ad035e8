/// What a sound surface answers, by path: the guide's own examples.
enum SoundAnswers {
    /// The body for a path; for one that is not known some other path's.
    static func body(of path: String, using dice: inout Dice) -> String {
        let known = bodies.first { path.hasPrefix($0.0) } ?? bodies.randomElement(using: &dice)
        return known?.1 ?? "{}"
    }

    private static let order = """
        {"order_id":"o-1","client_order_id":"hp-1","status":"accepted","reason_code":null,"filled_quantity":"0.00",\
        "stamps":{"received_ns":"1","risk_ns":"2","sent_ns":"3","acknowledged_ns":"4"}}
        """
    private static let stop = """
        {"stop_id":"s-1","account":"READY-HUNTER","symbol":"SOL-USD","status":"armed","stop_price":"120.00",\
        "quantity":"1.00","exit_client_order_id":"stop-s-1"}
        """

    /// The longer paths first.
    private static let bodies: [(String, String)] = [
        ("/readyz/identity/proof", #"{"proof":"00"}"#),
        (
            "/readyz/identity",
            """
            {"git_commit":"abc","dirty":false,"build_id":"b1","config_sha256":"00","environment":"practice",\
            "account_id":"READY","instance":"desk-1","started_at":"2026-01-02T03:04:05.678Z"}
            """
        ),
        (
            "/readyz/risk/limits",
            """
            {"limits":[{"scope":"hunter","name":"max_order_quantity","value":"500.00","unit":"1","inclusive":true,\
            "source":"limits.yaml:12"}]}
            """
        ),
        (
            "/readyz/risk/evaluate",
            #"{"decision":"accept","reason_code":null,"rules":["kill_switch"],"elapsed_ns":8123}"#
        ),
        ("/readyz/risk/size", #"{"fraction":"0.0625","quantity":"48.44","reason_code":null}"#),
        ("/readyz/risk/correlation", #"{"coefficient":"0.8123","decision":"deny","reason_code":"max_correlation"}"#),
        ("/readyz/orders/", #"{"order_id":"o-1","status":"cancelled"}"#),
        ("/readyz/orders", order),
        (
            "/dropcopy",
            """
            {"events":[{"seq":17,"kind":"fill","order_id":"o-1","client_order_id":"hp-1","account":"READY-HUNTER",\
            "symbol":"SOL-USD","side":"buy","quantity":"1.00","price":"125.00","fee":"0.01",\
            "at":"2026-01-02T03:04:05.678Z"}],"last":17}
            """
        ),
        (
            "/readyz/positions",
            """
            {"account":"READY-HUNTER","positions":[{"symbol":"SOL-USD","quantity":"1.00","average_price":"125.00"}],\
            "open_orders":0,"cash":"99.00","realized_result":"0.00","fees_paid":"0.10"}
            """
        ),
        ("/readyz/marketdata/inject", #"{"action":"cut","symbols":["SOL-USD"]}"#),
        (
            "/readyz/marketdata",
            """
            {"venue":"paper-1","symbols":[{"symbol":"SOL-USD","reference_price":"129.00","last":"128.77",\
            "bid":"128.76","ask":"128.78","tick_size":"0.01","lot_size":"0.01","min_quantity":"0.01","sequence":812,\
            "age_ms":43}]}
            """
        ),
        ("/readyz/killswitch", #"{"engaged":false,"since":null,"by":null}"#),
        ("/readyz/stops", "{\"stops\":[\(stop)]}"),
        ("/readyz/components", #"{"components":[{"name":"gateway","state":"running","events":812}]}"#),
        ("/readyz/logs/marker", #"{"accepted":true}"#),
        ("/readyz/logs", #"{"path":"/tmp/holdpoint-fuzz-no-such.log","format":"json-lines","lines_lost":0}"#),
        (
            "/readyz/process",
            """
            {"pid":4711,"boot_id":"b","started_at":"2026-01-02T03:04:05.678Z","resident_bytes":1,\
            "open_descriptors":2,"threads":3}
            """
        ),
        ("/readyz/pool/checkout", #"{"held":true,"waited_ns":41000}"#),
        ("/readyz/pool/return", #"{"returned":true}"#),
        ("/readyz/pool", #"{"size":8,"in_use":0,"waiting":0,"holders":["hp-1"]}"#),
        (
            "/readyz",
            """
            {"ready":true,"reason":null,"capabilities":{"identity":"1"},"clock":{"now":"2026-01-02T03:04:05.678Z",\
            "now_ns":"1767323045678000000"},"instances":[{"id":"desk-1","address":"http://127.0.0.1:1","role":"primary"}]}
            """
        ),
    ]
}
