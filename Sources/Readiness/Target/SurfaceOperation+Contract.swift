extension SurfaceOperation {
    /// Every operation, in the guide's order.
    package static let all: [SurfaceOperation] = identification + risk + orders + market + switches + inside

    private static let identification = [
        SurfaceOperation(
            "discovery", of: .discovery, "GET", "/readyz",
            answer: [
                SurfaceField("ready", .flag, example: "true"),
                SurfaceField("reason", .text, optional: true, example: "null"),
                // Where a profile binds an operation, the target need not list it.
                SurfaceField("capabilities", .named, optional: true, example: #"{"identity": "1"}"#),
                SurfaceField(
                    "clock",
                    .object([
                        SurfaceField("now", .text, example: #""2026-01-02T03:04:05.678Z""#),
                        SurfaceField("now_ns", .wholeText, example: #""1767323045678000000""#),
                    ]), optional: true, example: ""),
                SurfaceField(
                    "instances",
                    .list([
                        SurfaceField("id", .text, example: #""desk-1""#),
                        SurfaceField("address", .text, example: #""http://127.0.0.1:8090""#),
                        SurfaceField("role", .text, example: #""primary""#),
                    ]), optional: true, example: ""),
            ]),
        SurfaceOperation(
            "identity", of: .identity, "GET", "/readyz/identity",
            answer: [
                SurfaceField("git_commit", .text, optional: true, example: #""4f2a9c1""#),
                SurfaceField("dirty", .flag, optional: true, example: "false"),
                SurfaceField("build_id", .text, example: #""desk-2.3.0""#),
                SurfaceField("config_sha256", .text, example: "\"\(String(repeating: "0", count: 64))\""),
                SurfaceField("environment", .text, example: #""staging""#),
                SurfaceField("account_id", .text, example: #""DU12345""#),
                SurfaceField("instance", .text, example: #""desk-1""#),
                SurfaceField("started_at", .text, optional: true, example: #""2026-01-02T03:04:05.678Z""#),
            ]),
    ]

    private static let risk = [
        SurfaceOperation(
            "risk.limits", of: .riskLimits, "GET", "/readyz/risk/limits",
            answer: [
                SurfaceField(
                    "limits",
                    .list([
                        SurfaceField("scope", .text, example: #""hunter""#),
                        SurfaceField("name", .text, example: #""max_order_quantity""#),
                        SurfaceField("value", .decimal, example: #""500.00""#),
                        SurfaceField("unit", .text, optional: true, example: #""1""#),
                        SurfaceField("inclusive", .flag, example: "true"),
                        SurfaceField("source", .text, example: #""limits.yaml:12""#),
                    ]), example: "")
            ]),
        SurfaceOperation(
            "risk.evaluate", of: .riskEvaluate, "POST", "/readyz/risk/evaluate", parameters: orderFields,
            answer: [
                SurfaceField("decision", .text, example: #""accept""#),
                SurfaceField("reason_code", .text, optional: true, example: "null"),
                SurfaceField("rules", .texts, optional: true, example: #"["max_order_quantity"]"#),
                SurfaceField("elapsed_ns", .whole, optional: true, example: "8123"),
            ]),
        SurfaceOperation(
            "risk.size", of: .riskSize, "POST", "/readyz/risk/size",
            parameters: ["tier", "symbol", "win_probability", "odds", "trades", "capital", "price"],
            answer: [
                SurfaceField("fraction", .decimal, example: #""0.0625""#),
                SurfaceField("quantity", .decimal, example: #""48.44""#),
                SurfaceField("reason_code", .text, optional: true, example: "null"),
            ]),
        SurfaceOperation(
            "risk.correlation", of: .riskCorrelation, "POST", "/readyz/risk/correlation",
            parameters: ["tier", "held", "wanted"],
            answer: [
                SurfaceField("coefficient", .decimal, optional: true, example: #""0.8123""#),
                SurfaceField("decision", .text, example: #""deny""#),
                SurfaceField("reason_code", .text, optional: true, example: #""max_correlation""#),
            ]),
    ]

    private static let orderFields = [
        "client_order_id", "account", "symbol", "side", "type", "quantity", "price", "time_in_force",
    ]

    private static let orders = [
        SurfaceOperation(
            "order.submit", of: .orderSubmit, "POST", "/readyz/orders", parameters: orderFields, effect: .writePaper,
            answer: [
                SurfaceField("order_id", .text, example: #""o-1""#),
                SurfaceField("client_order_id", .text, example: #""hp-1""#),
                SurfaceField("status", .text, example: #""accepted""#),
                SurfaceField("reason_code", .text, optional: true, example: "null"),
            ]),
        SurfaceOperation(
            "order.cancel", of: .orderCancel, "POST", "/readyz/orders/{order_id}/cancel", parameters: ["order_id"],
            effect: .writePaper,
            answer: [
                SurfaceField("order_id", .text, example: #""o-1""#),
                SurfaceField("status", .text, example: #""cancelled""#),
                SurfaceField("reason_code", .text, optional: true, example: "null"),
            ]),
        SurfaceOperation(
            "order.list", of: .orderList, "GET", "/readyz/orders", parameters: ["account", "status"],
            answer: [
                SurfaceField(
                    "orders",
                    .list([
                        SurfaceField("order_id", .text, example: #""o-1""#),
                        SurfaceField("client_order_id", .text, example: #""hp-1""#),
                        SurfaceField("account", .text, example: #""READY-HUNTER""#),
                        SurfaceField("symbol", .text, example: #""SOL-USD""#),
                        SurfaceField("side", .text, optional: true, example: #""buy""#),
                        SurfaceField("quantity", .decimal, optional: true, example: #""1.00""#),
                        SurfaceField("price", .decimal, optional: true, example: #""125.00""#),
                        SurfaceField("status", .text, example: #""working""#),
                        SurfaceField("filled_quantity", .decimal, optional: true, example: #""0.00""#),
                    ]), example: "")
            ]),
        SurfaceOperation(
            "orders.stream", of: .dropCopy, "GET", "/dropcopy", parameters: ["after", "limit"],
            answer: [
                SurfaceField(
                    "events",
                    .list([
                        SurfaceField("seq", .whole, example: "17"),
                        SurfaceField("kind", .text, example: #""new""#),
                        SurfaceField("client_order_id", .text, example: #""hp-1""#),
                        SurfaceField("order_id", .text, optional: true, example: #""o-1""#),
                        SurfaceField("account", .text, optional: true, example: #""READY-HUNTER""#),
                        SurfaceField("symbol", .text, optional: true, example: #""SOL-USD""#),
                        SurfaceField("side", .text, optional: true, example: #""buy""#),
                        SurfaceField("quantity", .decimal, optional: true, example: #""1.00""#),
                        SurfaceField("price", .decimal, optional: true, example: #""125.00""#),
                        SurfaceField("fee", .decimal, optional: true, example: "null"),
                        SurfaceField("at", .text, optional: true, example: #""2026-01-02T03:04:05.678Z""#),
                    ]), example: "[]"),
                SurfaceField("last", .whole, example: "17"),
            ]),
        SurfaceOperation(
            "positions", of: .positions, "GET", "/readyz/positions", parameters: ["account"],
            answer: [
                SurfaceField("account", .text, example: #""READY-HUNTER""#),
                SurfaceField(
                    "positions",
                    .list([
                        SurfaceField("symbol", .text, example: #""SOL-USD""#),
                        SurfaceField("quantity", .decimal, example: #""0.00""#),
                        SurfaceField("average_price", .decimal, example: #""129.00""#),
                    ]), example: ""),
                SurfaceField("open_orders", .whole, example: "0"),
                SurfaceField("cash", .decimal, example: #""100000.00""#),
                SurfaceField("realized_result", .decimal, example: #""0.00""#),
                SurfaceField("fees_paid", .decimal, example: #""0.00""#),
            ]),
    ]

    private static let market = [
        SurfaceOperation(
            "marketdata", of: .marketData, "GET", "/readyz/marketdata",
            answer: [
                SurfaceField("venue", .text, optional: true, example: #""paper-1""#),
                SurfaceField(
                    "symbols",
                    .list([
                        SurfaceField("symbol", .text, example: #""SOL-USD""#),
                        SurfaceField("reference_price", .decimal, example: #""129.00""#),
                        SurfaceField("last", .decimal, example: #""128.77""#),
                        SurfaceField("bid", .decimal, example: #""128.76""#),
                        SurfaceField("ask", .decimal, example: #""128.78""#),
                        SurfaceField("tick_size", .decimal, example: #""0.01""#),
                        SurfaceField("lot_size", .decimal, example: #""0.01""#),
                        SurfaceField("min_quantity", .decimal, optional: true, example: #""0.01""#),
                        SurfaceField("sequence", .whole, example: "812"),
                        SurfaceField("age_ms", .whole, example: "43"),
                    ]), example: ""),
            ]),
        SurfaceOperation(
            "marketdata.inject", of: .marketDataInject, "POST", "/readyz/marketdata/inject",
            parameters: ["action", "interval_ms", "paths", "symbols"], effect: .writePaper,
            answer: [
                SurfaceField("action", .text, example: #""restore""#),
                SurfaceField("symbols", .texts, example: #"["SOL-USD"]"#),
            ]),
    ]

    private static let stop = [
        SurfaceField("stop_id", .text, example: #""s-1""#),
        SurfaceField("account", .text, example: #""READY-HUNTER""#),
        SurfaceField("symbol", .text, example: #""SOL-USD""#),
        SurfaceField("status", .text, example: #""armed""#),
        SurfaceField("stop_price", .decimal, example: #""120.00""#),
        SurfaceField("quantity", .decimal, example: #""1.00""#),
        SurfaceField("exit_client_order_id", .text, example: #""stop-1""#),
    ]

    private static let killSwitch = [
        SurfaceField("engaged", .flag, example: "false"),
        SurfaceField("since", .text, optional: true, example: "null"),
        SurfaceField("by", .text, optional: true, example: "null"),
    ]

    private static let switches = [
        SurfaceOperation("killswitch", of: .killSwitch, "GET", "/readyz/killswitch", answer: killSwitch),
        SurfaceOperation(
            "killswitch.set", of: .killSwitch, "POST", "/readyz/killswitch", parameters: ["action", "by"],
            effect: .disruptive, answer: killSwitch),
        SurfaceOperation(
            "stops.arm", of: .stops, "POST", "/readyz/stops", parameters: ["account", "symbol", "stop_price"],
            effect: .writePaper, answer: stop),
        SurfaceOperation(
            "stops", of: .stops, "GET", "/readyz/stops", parameters: ["account"],
            answer: [SurfaceField("stops", .list(stop), example: "")]),
        SurfaceOperation(
            "stops.disarm", of: .stops, "POST", "/readyz/stops/{stop_id}/disarm", parameters: ["stop_id"],
            effect: .writePaper, answer: stop),
    ]

    private static let inside = [
        SurfaceOperation(
            "components", of: .components, "GET", "/readyz/components",
            answer: [
                SurfaceField(
                    "components",
                    .list([
                        SurfaceField("name", .text, example: #""gateway""#),
                        SurfaceField("state", .text, example: #""running""#),
                        SurfaceField("events", .whole, example: "812"),
                    ]), example: "")
            ]),
        SurfaceOperation(
            "logs", of: .logs, "GET", "/readyz/logs",
            answer: [
                SurfaceField("path", .text, example: #""/var/log/desk/desk.log""#),
                SurfaceField("format", .text, example: #""json-lines""#),
            ]),
        SurfaceOperation(
            "logs.marker", of: .logs, "POST", "/readyz/logs/marker", parameters: ["marker"],
            answer: [SurfaceField("accepted", .flag, example: "true")]),
        SurfaceOperation(
            "process", of: .process, "GET", "/readyz/process",
            answer: [
                SurfaceField("pid", .whole, example: "4711"),
                SurfaceField("boot_id", .text, example: #""7d1c""#),
                SurfaceField("started_at", .text, example: #""2026-01-02T03:04:05.678Z""#),
            ]),
        SurfaceOperation(
            "pool", of: .pool, "GET", "/readyz/pool",
            answer: [
                SurfaceField("size", .whole, example: "8"),
                SurfaceField("in_use", .whole, example: "0"),
                SurfaceField("waiting", .whole, example: "0"),
                SurfaceField("holders", .texts, example: "[]"),
            ]),
        SurfaceOperation(
            "pool.checkout", of: .pool, "POST", "/readyz/pool/checkout", parameters: ["holder"], effect: .load,
            answer: [
                SurfaceField("held", .flag, example: "true"),
                SurfaceField("waited_ns", .whole, example: "41000"),
            ]),
        SurfaceOperation(
            "pool.return", of: .pool, "POST", "/readyz/pool/return", parameters: ["holder"], effect: .load,
            answer: [SurfaceField("returned", .flag, example: "true")]),
    ]
}
