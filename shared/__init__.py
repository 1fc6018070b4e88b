"""The ground every service and the gateway stand on: kernel, contracts, runtime, storage, telemetry."""
