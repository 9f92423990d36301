import { describeUpgrade } from '../emitted/describe-upgrade.js';

describeUpgrade('1.20.8', '1.21.6', 'pairs');
