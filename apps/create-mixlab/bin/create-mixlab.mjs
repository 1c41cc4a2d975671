#!/usr/bin/env node
import { create } from 'create-mixlab';

process.exitCode = await create(process.argv.slice(2));
