"""What every slice uses: settings, tables, queues, clock, ids, errors, logs."""
