export { dashboardCommand } from './dashboard-command.ts';
