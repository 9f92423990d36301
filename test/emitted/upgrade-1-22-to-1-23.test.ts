import { describeUpgrade } from './describe-upgrade.js';

describeUpgrade('1.22.8', '1.23.6', 'pairs');
