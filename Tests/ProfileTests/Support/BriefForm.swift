/// The criteria file of the validation brief (requirements.md A13), to the letter.
let briefForm = """
    thresholds:
      performance: { max_latency_ms: 50, min_throughput_ops: 1000, max_memory_gb: 2, max_cpu_percent: 50 }
      reliability: { min_uptime_percent: 99.9, max_error_rate_percent: 0.1, max_recovery_time_minutes: 5 }
      security: { max_critical_vulnerabilities: 0, max_high_vulnerabilities: 0, min_password_strength: strong, require_encryption: true }
    validation_modes:
      quick:    { duration_minutes: 5, validators: [health, basic_flow] }
      standard: { duration_minutes: 30, validators: all }
      thorough: { duration_minutes: 120, validators: all, include_load_tests: true, include_security_scan: true }

    """
