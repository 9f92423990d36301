import { describeUpgrade } from '../emitted/describe-upgrade.js';

describeUpgrade('1.13.9', '1.14.6', 'pairs');
