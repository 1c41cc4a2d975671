export { requestCancel, withdrawCancel } from './cancel-request.ts';
