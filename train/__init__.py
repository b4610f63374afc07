"""Fine-tuning scripts; run as ``python -m train.<name> --data FOLDER``."""
